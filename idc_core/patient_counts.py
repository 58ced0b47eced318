"""Predictions sorted by patient.

Counts a patient at any threshold are then one pass and one sum a patient.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.metrics._checks import check_labels_and_scores


@dataclass(frozen=True, slots=True)
class PatientCounts:
    """Labels and scores sorted by patient; `starts[i]` is the first row of `patients[i]`."""

    patients: npt.NDArray[np.object_]
    starts: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int8]
    scores: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.patients)

    @property
    def owner(self) -> npt.NDArray[np.int64]:
        """Number of each row's patient."""
        sizes = np.diff(np.append(self.starts, len(self.labels)))
        return np.repeat(np.arange(len(self)), sizes)

    def at(self, threshold: float) -> npt.NDArray[np.int64]:
        """Counts a patient, shape (patients, 4): tn, fp, fn, tp."""
        if not len(self):
            return np.zeros((0, 4), dtype=np.int64)
        called, is_idc = self.scores >= threshold, self.labels == 1
        tp, calls, idc, size = (
            np.add.reduceat(each, self.starts, dtype=np.int64)
            for each in (called & is_idc, called, is_idc, np.ones(len(called), dtype=bool))
        )
        fp, fn = calls - tp, idc - tp
        return np.stack([size - idc - fp, fp, fn, tp], axis=1)

    def sums(self, columns: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Sum of rows a patient; (rows, k) → (patients, k)."""
        columns = np.asarray(columns, dtype=np.float64)
        if not len(self):
            return np.zeros((0, columns.shape[1]))
        summed: npt.NDArray[np.float64] = np.add.reduceat(columns, self.starts, axis=0)
        return summed


def by_patient(predictions: pd.DataFrame) -> PatientCounts:
    """Sort predictions by patient; raises `ValueError` by row for a bad label, score or patient."""
    labels, scores = check_labels_and_scores(
        predictions["label"].to_numpy(), predictions["score"].to_numpy()
    )
    nobody = predictions["patient"].isna().to_numpy()
    if nobody.any():
        raise ValueError(f"expected a patient: row {int(np.argmax(nobody))} names none.")
    patients, owner = np.unique(predictions["patient"].to_numpy(dtype=object), return_inverse=True)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(patients)))
    return PatientCounts(patients, starts, labels[order], scores[order])
