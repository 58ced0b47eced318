"""Which slides are cut, whose they are, and where their outlines lie."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from idc_core.annotations.content import content_of, text_of
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_cell

ENDINGS = frozenset(
    f".{each}"
    for each in (
        *("svs", "tif", "tiff", "ndpi", "mrxs", "scn", "vms", "vmu", "bif", "svslide"),
        *("png", "jpg", "jpeg"),
    )
)
"""Of slides and pictures; a folder of `.dcm` is one slide, and is called as the folder."""

COLUMNS = ("slide", "patient", "site", "um", "exhaustive", "annotations")
"""Of a table of slides; all but `slide`, the file's name, may be left out."""

_YES, _NO = {"1", "yes", "true"}, {"", "0", "no", "false"}


@dataclass(frozen=True, slots=True)
class Job:
    """A slide to cut. `um`: µm of a pixel of its finest level where it was given. `exhaustive`: all
    that is positive on it is outlined, so that the rest of its tissue is negative."""

    slide: str
    patient: str
    file: Path
    annotations: Path | None
    site: str = ""
    um: float | None = None
    exhaustive: bool = False


def jobs(
    slides: Path | Sequence[Path],
    annotations: Path | None,
    table: Path | None = None,
    *,
    um: float | None = None,
    exhaustive: bool = False,
) -> list[Job]:
    """The slides in a folder, or the one file, or in several of them, by name.

    Without a `table` every slide is a patient of its own. `um` and `exhaustive` hold for all slides
    of which the table does not say otherwise. Raises `Refusal` where there is no slide, two have
    one name, a slide has two files of outlines, or a row of the table will not do.
    """
    places = [slides] if isinstance(slides, Path) else list(slides)
    files = _slides_in(places)
    rows = {} if table is None else _read(table)
    lost = sorted(set(rows) - {_called(file) for file in files} - {file.name for file in files})
    if lost:
        raise Refusal(
            f"expected only slides of {_words(places)} in {table}: {lost[0][:80]!r} is not there"
            f"{f', nor are {len(lost) - 1} more' if len(lost) > 1 else ''}. Correct the column "
            "slide, or leave the rows out."
        )
    outlines = {} if annotations is None else outlines_in(annotations)
    found = []
    for file in files:
        row = rows.get(_called(file)) or rows.get(file.name) or {}
        named = row.get("annotations", "")
        found.append(
            Job(
                slide=_called(file),
                patient=row.get("patient") or _called(file),
                file=file,
                annotations=_named(annotations, named, table)
                if named
                else own_outlines(file, outlines),
                site=row.get("site", ""),
                um=_um(row["um"], file, table) if row.get("um") else um,
                exhaustive=_answer(row["exhaustive"], file, table)
                if row.get("exhaustive")
                else exhaustive,
            )
        )
    return found


def _called(file: Path) -> str:
    return file.name if file.is_dir() else file.stem


def _words(places: Sequence[Path]) -> str:
    return ", ".join(map(str, places))[:200]


def _slides_in(places: Sequence[Path]) -> list[Path]:
    """The slides of all places, by name, each once; raises `Refusal` where two have one name."""
    known = {file.resolve(): file for place in places for file in _slides_of(place)}
    found = sorted(known.values(), key=lambda each: (_called(each), str(each)))
    twice = [name for name, many in Counter(map(_called, found)).items() if many > 1]
    if twice:
        both = [each for each in found if _called(each) == twice[0]]
        if len(places) == 1:
            both = [each.relative_to(places[0]) for each in both]
        raise Refusal(
            f"expected one slide of each name in {_words(places)}: {both[0]} and {both[1]} are "
            f"both called {twice[0][:80]!r}. Rename one, or take their folders one by one."
        )
    return found


def _slides_of(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise Refusal(f"expected a folder of slides: {place} is not there.")
    files = [
        each
        for each in place.rglob("*")
        if each.suffix.lower() in ENDINGS and each.is_file() and not each.name.startswith(".")
    ]
    dicom = {each.parent for each in place.rglob("*.dcm") if each.is_file()}
    if not files and not dicom:
        raise Refusal(
            f"expected slides in {place}: there is no file that ends in "
            f"{', '.join(sorted(ENDINGS))[:120]}, and no folder of DICOM files."
        )
    return [*files, *dicom]


def outlines_in(folder: Path) -> Mapping[str, list[Path]]:
    """Files of outlines by the beginning of their names up to each dot; raises `Refusal` where
    `folder` is none."""
    found: dict[str, list[Path]] = defaultdict(list)
    if not folder.is_dir():
        raise Refusal(f"expected a folder of annotations: {folder} is none.")
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        parts = file.name.split(".")
        for many in range(1, len(parts)):
            found[".".join(parts[:many]).casefold()].append(file)
    return found


def own_outlines(slide: Path, outlines: Mapping[str, Sequence[Path]]) -> Path | None:
    """The one file of a slide among `outlines_in`, None where it has none: `a.geojson`,
    `a.svs.geojson` or `a.ndpi.ndpa` of the slide `a.svs` or `a.ndpi`."""
    known = [each for each in outlines.get(_called(slide).casefold(), []) if each != slide]
    known = [each for each in known if each.suffix.lower() not in {".svs", ".ndpi", ".mrxs"}]
    if len(known) > 1:
        raise Refusal(
            f"expected one file of outlines for {slide.name}: {known[0].name} and {known[1].name} "
            "both bear its name. Say which in the column annotations of a table: --slides."
        )
    return known[0] if known else None


def _named(folder: Path | None, name: str, table: Path | None) -> Path:
    file = (folder or Path()) / name
    if not file.is_file():
        raise Refusal(f"expected the annotations that {table} names: {file} is not there.")
    return file


def _read(table: Path) -> dict[str, dict[str, str]]:
    """The rows of a table of slides by the slide's name."""
    if not table.is_file():
        raise Refusal(f"expected a table of slides in {table}: there is no such file. Name it.")
    text = text_of(content_of(table))
    sign = next((sign for sign in ",;\t" if sign in text.split("\n", 1)[0]), ",")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    strange = [name for name in header if name not in COLUMNS]
    if "slide" not in header or strange:
        raise Refusal(
            f"expected the columns {', '.join(COLUMNS)} in {table}, of which slide must be there: "
            f"found {', '.join(map(safe_cell, header))[:120] or 'nothing'}."
        )
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise Refusal(
                f"expected {len(header)} cells in line {number} of {table}: found {len(row)}."
            )
        known = dict(zip(header, (cell.strip() for cell in row), strict=True))
        if not known["slide"] or known["slide"] in found:
            said = f"{known['slide'][:80]!r} again" if known["slide"] else "none"
            raise Refusal(f"expected a slide in every line of {table}: line {number} names {said}.")
        found[known["slide"]] = known
    return found


def _um(text: str, file: Path, table: Path | None) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Refusal(
            f"expected µm per pixel in the column um of {table}: {file.name} has {text[:40]!r}."
        ) from None


def _answer(text: str, file: Path, table: Path | None) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise Refusal(
        f"expected yes or no in the column exhaustive of {table}: {file.name} has {text[:40]!r}."
    )
