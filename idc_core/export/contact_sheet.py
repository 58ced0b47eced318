"""The contact sheet of slides that would be cut: one page that opens without a network."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from idc_core.cut.settings import Settings
from idc_core.cut.sheet import OUTLINE, SQUARE, Sheet
from idc_core.export.pages import filled
from idc_core.records.cut_slides import Done, Refused

_ROLES = {
    "positive": "positive",
    "negative": "negative",
    "roi": "region of interest",
    "exclude": "excluded",
    "ignore": "of no account",
}
_SQUARES = {
    1: "taken as positive",
    0: "taken as negative",
    -1: "undecided: on a border",
    -2: "unknown: nobody outlined it",
    -3: "excluded",
}


@dataclass(frozen=True, slots=True)
class _Key:
    words: str
    colour: str
    is_square: bool
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class _Slide:
    done: Done
    picture: str
    facts: Sequence[tuple[str, str]]


def contact_sheet(
    name: str, settings: Settings, sheets: Sequence[Sheet], refused: Sequence[Refused]
) -> str:
    """The page as HTML: settings, a key, every slide with its counts, and those that were refused;
    slides with an alarm come first."""
    ordered = sorted(sheets, key=lambda each: not each.done.alarms)
    keys = [
        *(_Key(_ROLES[role.value], _css(colour), False) for role, colour in OUTLINE.items()),
        *(
            _Key(_SQUARES[label.value], _css(colour), True, label.value >= 0)
            for label, colour in SQUARE.items()
        ),
    ]
    totals = Totals.of([each.done for each in sheets])
    return str(
        filled(
            "contact_sheet.html.j2",
            name=name,
            cut=settings.raster.words(),
            thresholds=settings.thresholds,
            tissue=settings.tissue,
            keys=keys,
            totals=totals,
            slides=[
                _Slide(each.done, base64.b64encode(each.picture).decode(), facts(each.done))
                for each in ordered
            ],
            refused=refused,
        )
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over slides."""

    slides: int
    patients: int
    positive: int
    negative: int
    undecided: int
    unknown: int

    @classmethod
    def of(cls, done: Sequence[Done]) -> "Totals":
        return cls(
            len(done),
            len({each.patient for each in done}),
            *(
                sum(getattr(each, name) for each in done)
                for name in ("positive", "negative", "undecided", "unknown")
            ),
        )


def facts(done: Done) -> list[tuple[str, str]]:
    """What is known of a slide, as names and values to print."""
    scale = f"{done.um_x:.4g}" if done.um_x == done.um_y else f"{done.um_x:.4g} × {done.um_y:.4g}"
    origin = "from the file" if done.um_from == "file" else "as given"
    found = [
        ("Patient", done.patient + (f" · site {done.site}" if done.site else "")),
        ("Size", f"{done.width:,} × {done.height:,} px of {scale} µm ({origin})"),
        ("Outlines", f"{done.regions:,} regions, {done.holes:,} holes ({done.tool})"),
        ("Taken", f"{done.positive:,} positive, {done.negative:,} negative"),
        (
            "Left out",
            f"{done.undecided:,} undecided, {done.unknown:,} unknown, {done.excluded:,} excluded",
        ),
        ("Sections", f"{done.sections:,}"),
    ]
    if done.repaired or done.conflicts:
        found.append(
            (
                "Mended",
                f"{done.repaired:,} invalid outlines; {done.conflicts:,} overlaps of both "
                "classes settled",
            )
        )
    if done.left_out:
        words = ", ".join(f"{many:,} × {reason}" for reason, many in done.left_out.items())
        found.append(("No area", words))
    return found


def _css(colour: tuple[int, int, int]) -> str:
    return f"rgb({', '.join(map(str, colour))})"
