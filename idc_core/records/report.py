"""`report.json`: the figures of a run at its operating point, each with its interval and its n.

It is made as a whole by `evaluate/evaluation.py`, never changed by hand or in part: what another
program wrote into it is not kept. A figure that is not defined is `null` on disk and `nan` in a
report that was just made.
"""

from pathlib import Path
from typing import Annotated, ClassVar

from msgspec import Meta

from idc_core.io import record
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import OperatingPoint
from idc_core.records.run_info import CorrectedLabels

FILE = "report.json"
SHOWN = ("roc_auc", "balanced_accuracy", "f1", "sensitivity", "specificity")
"""Pooled figures that every report holds."""


class Figure(Record, frozen=True, kw_only=True):
    """A figure and the ends of its 95 % interval; the ends are unknown where it has none."""

    nulls: ClassVar[bool] = True

    value: float | None
    low: float | None
    high: float | None

    @property
    def parts(self) -> dict[str, float | None]:
        return {"value": self.value, "low": self.low, "high": self.high}


class PerPatient(Record, frozen=True, kw_only=True):
    """A figure taken within each patient in whom it is defined."""

    n_patients: int
    """In whom it is defined."""
    mean: Figure | None = None
    median: Figure | None = None
    worst: float | None = None
    worst_patient: str | None = None


class Counts(Record, frozen=True, kw_only=True):
    """Patches by label and call."""

    tn: int
    fp: int
    fn: int
    tp: int


class Burden(Record, frozen=True, kw_only=True):
    """Means over patients of shares of their patches, 0 to 1."""

    n_patients: int
    labelled: Figure | None = None
    predicted: Figure | None = None
    difference: Figure | None = None
    """Predicted − labelled; so `absolute_difference` without its sign."""
    absolute_difference: Figure | None = None
    farthest_patient: str | None = None
    farthest: dict[str, float] = {}
    """The shares `labelled` and `predicted` of that patient."""


class SplitFigures(Record, frozen=True, kw_only=True):
    """All figures of one split."""

    n_patches: int
    n_idc: int
    """Patches labelled IDC."""
    n_patients: int
    few_patients: bool = False
    """Whether there are so few patients that intervals are unsure."""
    confusion: Counts
    pooled: dict[str, Figure]
    """Over all patches, by name of the figure."""
    per_patient: dict[str, PerPatient] = {}
    burden: Burden | None = None
    classification_report: str = ""
    """As scikit-learn lays it out."""
    per_class: list[dict[str, object]] = []
    """`class`, `precision`, `recall`, `f1` and `n` of each."""

    @property
    def prevalence(self) -> float:
        """The share of patches labelled IDC, 0 to 1."""
        return self.n_idc / self.n_patches


class MadeFrom(Record, frozen=True, kw_only=True):
    """What a report stands on: SHA-256 of the files, and `Run.calibration_id`."""

    predictions: str | None = None
    labels: str | None = None
    """None where labels are those of the data."""
    calibration: str | None = None
    """None for raw scores."""


class Corrected(Record, frozen=True, kw_only=True):
    """The figures on labels that readers corrected, at the same threshold."""

    labels: CorrectedLabels
    splits: dict[str, SplitFigures] = {}


class Report(Record, frozen=True, kw_only=True):
    """All figures of a run."""

    threshold: Annotated[float, Meta(ge=0, le=1)]
    interval: str | None = None
    """How the intervals were made, in words."""
    splits: dict[str, SplitFigures]
    """Those that hold patches, in the order train, validation, test, unused."""
    run: str | None = None
    """The run's name when it was judged."""
    made: str | None = None
    """UTC."""
    operating_point: OperatingPoint
    corrected: Corrected | None = None
    made_from: MadeFrom | None = None
    """None in reports from before it was recorded."""


def read_report(folder: Path) -> Report:
    """The report in a run's folder; raises `Refusal` where it is damaged or figures are missing."""
    file = folder / FILE
    again = f"Make it again: python train_cli.py evaluate --run {folder.name}."
    found = record.read(Report, file, again)
    if not found.splits or any(set(SHOWN) - set(each.pooled) for each in found.splits.values()):
        raise Refusal(f"expected the figures of an evaluation in {file}: some are missing. {again}")
    return found
