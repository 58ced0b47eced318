"""What runs and stores there are: rows of texts, from small JSON files alone, no table opened."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from idc_core.data.split_names import USED_SPLITS
from idc_core.data.stores.pixel_files import has_pixels
from idc_core.io import record
from idc_core.io.intervals import interval
from idc_core.io.names import run_names, store_names
from idc_core.io.progress import status_of
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest
from idc_core.records.notes import read_notes
from idc_core.records.report import Report
from idc_core.records.run_info import Data, RunInfo, info_if_whole
from idc_core.runs import seal, trash

RUN_COLUMNS = (
    "run",
    "status",
    "network",
    "data",
    "patients",
    "validation ROC-AUC",
    "made",
    "seal",
)
STORE_COLUMNS = ("store", "patches", "patients", "pixels", "made", "source")
NOT_KNOWN = "–"


def runs(root: Path) -> list[tuple[str, ...]]:
    """A row a run of `root`, with `RUN_COLUMNS`; patients are those of train/validation/test."""
    return [_run(name, root / name) for name in run_names(root)]


def stores(root: Path) -> list[tuple[str, ...]]:
    """A row a store of `root`, with `STORE_COLUMNS`."""
    return [_store(name, root / name) for name in store_names(root)]


def deleted(models: Path, data: Path) -> list[tuple[str, ...]]:
    """A row a run or store in the trash: what, name, when it went (UTC), where it lies."""
    kinds = (("run", models, "run.json"), ("store", data, "manifest.json"))
    return [
        (kind, each.name, _day(f"{each.when[:13]}:{each.when[13:15]}"), str(each.path))
        for kind, root, file in kinds
        for each in trash.deleted(root, file)
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with columns one under another.

    >>> table(("run", "status"), [("first", "finished")])
    ['run    status', 'first  finished']
    """
    every = [tuple(columns), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in every
    ]


def _run(name: str, path: Path) -> tuple[str, ...]:
    info = info_if_whole(path)
    said = info or RunInfo()
    data = said.data or Data()
    return (
        name,
        _status(path, info),
        _text(said.network),
        _text(data.name),
        _count_per_split(data.patients),
        _auc(path),
        _day(said.started),
        "sealed" if (path / seal.FILE).is_file() else "not sealed",
    )


def _status(path: Path, info: RunInfo | None) -> str:
    if info is None:
        return "damaged: run.json cannot be read"
    said = status_of(path, info.status)
    try:
        archived = read_notes(path).archived
    except Refusal:
        archived = False
    return f"{said}, archived" if archived else said


def _auc(path: Path) -> str:
    """Validation ROC-AUC with its interval, as the report has it."""
    report = record.read_if_whole(Report, path / "report.json")
    validation = None if report is None else report.splits.get("validation")
    found = None if validation is None else validation.pooled.get("roc_auc")
    if found is None or found.value is None:
        return NOT_KNOWN
    return interval(found.value, found.low, found.high, _end)


def _end(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else NOT_KNOWN


def _store(name: str, path: Path) -> tuple[str, ...]:
    manifest = record.read_if_whole(Manifest, path / "manifest.json")
    pixels = "here" if has_pixels(path) else "not here"
    if manifest is None:
        return (name, NOT_KNOWN, NOT_KNOWN, pixels, NOT_KNOWN, NOT_KNOWN)
    return (
        name,
        _count_per_split(manifest.patches),
        _count_per_split(manifest.patients),
        pixels,
        _day(manifest.made),
        _text(manifest.source),
    )


def _count_per_split(found: object) -> str:
    """
    >>> _count_per_split({"train": 1173, "test": 39, "validation": 40})
    '1,173/40/39'
    """
    known = found if isinstance(found, dict) else {}
    counts = [known.get(split, 0) for split in USED_SPLITS]
    if not known or not all(isinstance(count, int) for count in counts):
        return NOT_KNOWN
    return "/".join(f"{count:,}" for count in counts)


def _day(text: object) -> str:
    return text[:16].replace("T", " ") if isinstance(text, str) and text else NOT_KNOWN


def _text(value: object) -> str:
    return str(value) if value not in (None, "") else NOT_KNOWN
