"""`operating_points.jsonl` and `looks.jsonl`: thresholds that were chosen, and seen on test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, ClassVar

from msgspec import Meta

from idc_core.io import record
from idc_core.io.files import read_json_lines
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal

LEDGER, LOOKS = "operating_points.jsonl", "looks.jsonl"


class OperatingPoint(Record, frozen=True, kw_only=True):
    """A threshold, by which rule, when and why; a line of the ledger, and part of a report.

    All but `threshold` may be absent: lines were shorter once, and where no rule could choose the
    report holds the threshold and why.
    """

    nulls: ClassVar[bool] = True

    name: str | None = None
    rule: str | None = None
    """As `metrics.operating_point.choose` takes it, or "by hand"."""
    threshold: Annotated[float, Meta(ge=0, le=1)]
    split: str | None = None
    chosen_at: str | None = None
    """UTC."""
    by: str | None = None
    """The reader who locked it; none where the program chose."""
    reason: str | None = None
    model: str | None = None
    """SHA-256 of `model.onnx`; none without a network."""
    data: str | None = None
    """Fingerprint of the data."""
    predictions: str | None = None
    """SHA-256 of `predictions.parquet`."""
    calibration: str | None = None
    """`Run.calibration_id` of the scores it was chosen on; none for raw ones."""
    sensitivity: float | None = None
    """On the patches it was chosen on, as `specificity`; none where it is not defined."""
    specificity: float | None = None
    n_patches: int | None = None
    n_patients: int | None = None
    looks_at_test: int | None = None
    """Thresholds seen on these test patients by then, in all runs."""
    previous: str | None = None
    """SHA-256 of the line before; none in the first. Lines from before there were marks have none,
    which `ledger.check` tells apart."""


class Look(Record, frozen=True, kw_only=True):
    """A threshold whose figures on test were shown for the first time."""

    nulls: ClassVar[bool] = True

    threshold: float
    calibration: str | None = None
    """Of the scores, as in an operating point."""
    at: str | None = None
    """UTC."""
    previous: str | None = None
    """SHA-256 of the line before, as in an operating point."""


def read_points(folder: Path) -> list[OperatingPoint]:
    """The ledger in a run's folder, newest last; none where there is no file."""
    file = folder / LEDGER
    return points_in(read_json_lines(file), str(file), folder.name)


def points_in(contents: Sequence[object], where: str, run: str) -> list[OperatingPoint]:
    """The thresholds in the lines of a ledger, newest last; `where` it lies."""
    return [
        _point(content, where, number, run, last=number == len(contents))
        for number, content in enumerate(contents, start=1)
    ]


def read_looks(folder: Path) -> list[Look]:
    """Thresholds that were looked at on test, oldest first, as the run's folder holds them."""
    return record.lines(Look, folder / LOOKS, "Put the file back from a copy.")


def look_in(content: object, where: str) -> Look:
    """The look in a line."""
    return record.of(Look, content, where, "Put the file back from a copy.")


def _point(content: object, ledger: str, number: int, run: str, *, last: bool) -> OperatingPoint:
    where = "the last line" if last else f"line {number}"
    cure = "Put the file back from a copy."
    if last:
        cure = (
            "Remove that line, and the one before it counts, or one is chosen again: "
            f"python train_cli.py evaluate --run {run}."
        )
    value = content.get("threshold") if isinstance(content, dict) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= float(value) <= 1:  # type: ignore[arg-type]
        raise Refusal(
            f"expected a threshold from 0 to 1 in {where} of {ledger}: found {str(content)[:80]}. "
            f"{cure}"
        )
    return record.of(OperatingPoint, content, f"{where} of {ledger}", cure)
