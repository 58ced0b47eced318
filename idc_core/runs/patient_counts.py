"""Predictions sorted by patient, and within each patient by score.

Counts a patient at any threshold are then one binary search for all patients at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.sorted_scores import Segments, segments


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts a patient need: the scores of each of `patients`, those of the patches with IDC
    (`idc`) and of the others."""

    patients: npt.NDArray[np.object_]
    idc: Segments
    others: Segments

    def __len__(self) -> int:
        return len(self.patients)

    def at(self, threshold: float) -> npt.NDArray[np.int64]:
        """Counts a patient, shape (patients, 4): tn, fp, fn, tp."""
        fn, tn = self.idc.below(threshold), self.others.below(threshold)
        fp = np.diff(self.others.starts) - tn
        tp = np.diff(self.idc.starts) - fn
        return np.stack([tn, fp, fn, tp], axis=1)

    def groups(self, many: int) -> "Iterator[Counted]":
        """The same patients, `many` at a time."""
        for first in range(0, len(self), many):
            names = self.patients[first : first + many]
            ends = slice(first, first + len(names) + 1)
            idc, others = (
                Segments(each.scores, each.starts[ends]) for each in (self.idc, self.others)
            )
            yield Counted(names, idc, others)


@dataclass(frozen=True, slots=True)
class PatientCounts(Counted):
    """Labels and scores sorted by patient; `starts[i]` is the first row of `patients[i]`."""

    starts: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int8]
    scores: npt.NDArray[np.float64]

    @property
    def owner(self) -> npt.NDArray[np.int64]:
        """Number of each row's patient."""
        sizes = np.diff(np.append(self.starts, len(self.labels)))
        return np.repeat(np.arange(len(self)), sizes)

    def sums(self, columns: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Sum of rows a patient; (rows, k) → (patients, k)."""
        columns = np.asarray(columns, dtype=np.float64)
        if not len(self):
            return np.zeros((0, columns.shape[1]))
        summed: npt.NDArray[np.float64] = np.add.reduceat(columns, self.starts, axis=0)
        return summed


def by_patient(predictions: pd.DataFrame) -> PatientCounts:
    """Sort predictions by patient; raises `ValueError` by row for a bad label, score or patient."""
    given = predictions["score"].to_numpy()
    labels, scores = check_labels_and_scores(predictions["label"].to_numpy(), given)
    patients, owner = _owners(predictions["patient"])
    if not (owner[1:] >= owner[:-1]).all():
        order = np.argsort(owner, kind="stable")
        given, labels = given[order], labels[order]
        scores, owner = scores[order], owner[order]
    starts = np.searchsorted(owner, np.arange(len(patients))).astype(np.int64)
    # In the precision of the table: half the memory, and the same answers.
    own = given if given.dtype == np.float32 else scores
    idc, others = (
        segments(own[labels == label], owner[labels == label], len(patients)) for label in (1, 0)
    )
    return PatientCounts(patients, idc, others, starts, labels, scores)


def _owners(column: "pd.Series[str]") -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Names of the patients, sorted, and the number of each row's."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        # Ten million rows name ten thousand patients: only those are compared as text.
        codes, every = column.cat.codes.to_numpy(), column.cat.categories.to_numpy(dtype=object)
        used = np.bincount(codes[codes >= 0], minlength=len(every)) > 0
        names, place = np.unique(every[used], return_inverse=True)
        number = np.full(len(every) + 1, -1)  # the last for code -1
        number[:-1][used] = place
        codes = number[codes]
    else:
        codes, found = pd.factorize(column, sort=True, use_na_sentinel=True)
        names = np.asarray(found, dtype=object)
    if (codes < 0).any():
        raise ValueError(f"expected a patient: row {int(np.argmax(codes < 0))} names none.")
    return names, codes.astype(np.int64, copy=False)
