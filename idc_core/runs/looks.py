"""Looks at test, counted per set of patients: in this run and in every other that shares some.

Who tries ten thresholds in each of five runs on the same test patients has looked fifty times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from idc_core.data.shown_splits import DATA_SPLIT, data_split_of
from idc_core.io.refusal import Refusal, Unreachable
from idc_core.runs import run_logs
from idc_core.runs.run import Run, list_runs
from idc_core.runs.score_parts import files_of
from idc_core.runs.trash import deleted
from idc_core.runs.writer import replaced_runs

Patients = Callable[[Path], frozenset[str]]
Count = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Looks:
    """`here`: in the run. `elsewhere`: in runs that test on some of its patients, replaced and
    deleted ones too. `shared`: the share of its test patients that those runs test on, 0 to 1."""

    here: int
    elsewhere: int = 0
    shared: float = 0.0

    @property
    def total(self) -> int:
        return self.here + self.elsewhere

    def words(self, more: int = 0) -> str:
        """In words; `more`: looks of this moment that are not written down yet.

        >>> Looks(5, 7, 1.0).words()
        '12 looks at test, 7 of them in other runs that share 100 % of these patients'
        """
        total = self.total + more
        said = f"{total} look{'s' * (total != 1)} at test"
        if not self.elsewhere:
            return said
        share = f"{self.shared:.0%}".replace("%", " %")
        return (
            f"{said}, {self.elsewhere} of them in other runs that share {share} of these patients"
        )


def tested_patients(folder: Path) -> frozenset[str]:
    """Patients of a run's test split, read from two columns; none where that cannot be read."""
    try:
        return frozenset(
            str(patient)
            for file in files_of(folder)
            for batch in pq.ParquetFile(file).iter_batches(columns=_columns(file))
            for patient in _tested_in(batch)
        )
    except Exception:  # a damaged run elsewhere takes no part, and says so where it is opened
        return frozenset()


def _tested_in(batch: pa.RecordBatch) -> list[object]:
    of_test = pc.equal(data_split_of(batch), "test")
    found: list[object] = batch.filter(of_test)["patient"].unique().to_pylist()
    return found


def _columns(file: Path) -> list[str]:
    """A run of folds shows the patients of all splits under one name, and keeps theirs beside."""
    kept = DATA_SPLIT in pq.read_schema(file).names
    return ["patient", "split", *([DATA_SPLIT] if kept else [])]


def looks_in(folder: Path) -> int:
    """Looks at a run's test patients in that run; none where they are damaged. Raises `Unreachable`
    where a server holds them that cannot be asked."""
    try:
        return len(run_logs.looks(folder))
    except Unreachable:
        raise
    except Refusal:
        return 0


def looks_at(run: Run, patients: Patients = tested_patients, count: Count = looks_in) -> Looks:
    """Looks at the test patients of a run, by all runs in the same folder.

    `patients` and `count` read a run's folder, or know what was read before.
    """
    here, own = count(run.path), patients(run.path)
    root = run.path.parent
    if root.name.startswith("."):  # the run is still being written, beside its place
        root = root.parent
    gone = [each.path for each in deleted(root, "run.json")]
    others = [root / name for name in list_runs(root)] + replaced_runs(root) + gone
    elsewhere, shared = 0, frozenset[str]()
    for other in others:
        found = count(other) if other != run.path else 0
        both = own & patients(other) if found else frozenset[str]()
        if both:
            elsewhere, shared = elsewhere + found, shared | both
    return Looks(here, elsewhere, len(shared) / len(own) if own else 0.0)
