"""The legend of a slide's overlay."""

from html import escape

from dashboard.charts.theme import (
    ACCENT,
    COLOURS,
    LABEL_COLOURS,
    LETTERS,
    NO_OUTCOME,
    SCORE_SCALE,
    digits,
)
from dashboard.widgets.overlays import Overlay
from idc_core.data.known_labels import labelled_words
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster


def legend(overlay: Overlay, threshold: float, raster: Raster, *, outlines: bool = False) -> str:
    """Swatches with their words, as HTML; without an overlay those of the `outlines` alone, if they
    are drawn."""
    return _squares(overlay, threshold, raster) + (_drawn(raster) if outlines else "")


def _squares(overlay: Overlay, threshold: float, raster: Raster) -> str:
    if overlay.rule in ("score", "near"):
        return _ramp(overlay.rule == "score", threshold)
    if overlay.rule == "predicted":
        named = [
            (SCORE_SCALE[1], "", f"{raster.predicted(True)} at {digits(threshold)}"),
            (COLOURS["tn"], "", raster.predicted(False)),
        ]
    elif overlay.rule == "label":
        named = [
            (LABEL_COLOURS[1], "", labelled_words(1, raster)),
            (COLOURS["tn"], "", labelled_words(0, raster)),
        ]
    elif overlay.rule == "nothing":
        return ""
    else:
        words = words_of(raster)
        named = [
            (COLOURS[kind], _glyph(kind), f"{words[kind]} ({LETTERS[kind]})")
            for kind in overlay.kinds
            if kind not in NO_OUTCOME
        ]
    swatches = "".join(
        f'<span><i style="background:{colour}">{glyph}</i>{escape(said)}</span>'
        for colour, glyph, said in named
    )
    return swatches + '<span><i class="none"></i>no patch here: missing, not negative</span>'


def _drawn(raster: Raster) -> str:
    lines = (
        ("solid", f"outlined as {raster.positive}"),
        ("dashed", f"outlined as {raster.negative}"),
        ("dotted", "other outlines"),
        ("hatched", "tissue without a label"),
    )
    return "".join(f'<span><i class="line {how}"></i>{escape(said)}</span>' for how, said in lines)


def _glyph(kind: str) -> str:
    return {"fn": "●", "fp": "○"}.get(kind, "")


def _ramp(score: bool, threshold: float) -> str:
    ends = ("0", "1") if score else ("far from it", "at the threshold")
    colour = SCORE_SCALE[1] if score else ACCENT
    mark = f'<b style="left:{100 * threshold:.1f}%"></b>' if score else ""
    said = (
        f"score; the line is the threshold, {digits(threshold)}"
        if score
        else "closeness of the score to the threshold"
    )
    return (
        f'<span>{ends[0]}<i class="ramp" style="background:linear-gradient(90deg,transparent,'
        f'{colour})">{mark}</i>{ends[1]}</span><span>{escape(said)}</span>'
        '<span><i class="none"></i>no patch here: missing, not negative</span>'
    )
