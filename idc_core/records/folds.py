"""`folds.json`: who is in which fold, and how well each fold's network ranks."""

from pathlib import Path

from idc_core.io import record
from idc_core.io.record import Record

FILE = "folds.json"


class Folds(Record, frozen=True, kw_only=True):
    """Written when folds are begun; `roc_auc` and `config` when all are trained."""

    folds: int
    seed: int
    data: str
    """Fingerprint of the store that was dealt."""
    patients: dict[str, int]
    """Patient → fold, 0 to `folds` − 1."""
    roc_auc: list[float | None] = []
    """By fold, of the patients it never saw; none where they hold one class only."""
    config: dict[str, object] | None = None
    """Settings that the folds were trained with (`train.config.TrainConfig`); none before they are,
    and in files from before they were recorded."""
    teacher: dict[str, object] | None = None
    """Settings of the teacher that each fold trained for itself; none where they had none."""


def read_folds(folder: Path) -> Folds | None:
    """The folds in a run's folder; None where none were begun."""
    file = folder / FILE
    again = "Remove it and the folder folds/ to begin anew."
    return record.read(Folds, file, again) if file.is_file() else None
