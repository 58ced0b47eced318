"""What changes when a threshold is moved: patches between the old one and the new."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.runs.patient_counts import PatientCounts


@dataclass(frozen=True, slots=True)
class Flips:
    """Rows whose call changes, in the order of the counts, and whether it becomes right.

    `called` says whether they are predicted positive after the move: all go the same way.
    """

    rows: npt.NDArray[np.int64]
    better: npt.NDArray[np.bool_]
    called: bool

    def __len__(self) -> int:
        return len(self.rows)


def flips(patients: PatientCounts, before: float, after: float) -> Flips:
    """The patches that a move of the threshold from `before` to `after` calls otherwise.

    A lower threshold calls more: IDC among them becomes right, the rest wrong; a higher one the
    reverse.
    """
    low, high = min(before, after), max(before, after)
    rows = np.flatnonzero((patients.scores >= low) & (patients.scores < high))
    called = after < before
    is_idc = patients.labels[rows] == 1
    return Flips(rows, is_idc if called else ~is_idc, called)


def by_patient(patients: PatientCounts, found: Flips) -> pd.DataFrame:
    """One row per patient with flips: `patient, better, worse, net`; most flips first."""
    owner = patients.owner[found.rows]
    better = np.bincount(owner[found.better], minlength=len(patients))
    worse = np.bincount(owner[~found.better], minlength=len(patients))
    table = pd.DataFrame(
        {"patient": patients.patients.astype(str), "better": better, "worse": worse}
    ).assign(net=better - worse, flips=better + worse)
    some = table[table["flips"] > 0]
    ordered = some.sort_values(["flips", "patient"], ascending=[False, True])
    return ordered.drop(columns="flips").reset_index(drop=True)
