"""Counts of correct and wrong predictions at one threshold, and the rates read off them.

Conventions, the same in every module of this package:

- `labels` holds 0 (no IDC) or 1 (IDC, the positive class), shape (n,); `scores` the probability of
  IDC, in [0, 1], same shape.
- A patch is predicted IDC when `score >= threshold`.
- A rate with nothing in its denominator is `nan`, never 0: it is unknown, not bad.

Rates take counts as numbers or as arrays of one shape, so that one formula serves one matrix, one
row per patient, or two thousand resamples.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores

Count = Any  # an integer, or an array of counts
Rate = npt.NDArray[np.float64]


def ratio(part: Count, whole: Count) -> Rate:
    """`part / whole`, `nan` where `whole` is 0."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    defined = whole != 0
    quotient: Rate = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=defined)
    return quotient


def sensitivity(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Share of IDC patches that were predicted IDC: tp / (tp + fn)."""
    return ratio(tp, tp + fn)


def specificity(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Share of patches without IDC that were predicted no IDC: tn / (tn + fp)."""
    return ratio(tn, tn + fp)


def precision(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Share of positive predictions that are IDC (positive predictive value): tp / (tp + fp)."""
    return ratio(tp, tp + fp)


def npv(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Share of negative predictions that are right (negative predictive value): tn / (tn + fn)."""
    return ratio(tn, tn + fn)


def accuracy(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Share of patches correctly classified."""
    return ratio(tp + tn, tp + tn + fp + fn)


def balanced_accuracy(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Mean of sensitivity and specificity."""
    mean: Rate = (sensitivity(tn, fp, fn, tp) + specificity(tn, fp, fn, tp)) / 2
    return mean


def f1(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Harmonic mean of precision and sensitivity: 2 tp / (2 tp + fp + fn)."""
    return ratio(2 * np.asarray(tp), 2 * np.asarray(tp) + fp + fn)


def mcc(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """Matthews correlation of call and label (Matthews 1975); `nan` if either is constant."""
    tn, fp, fn, tp = (np.asarray(count, dtype=np.float64) for count in (tn, fp, fn, tp))
    root = np.sqrt(tp + fp) * np.sqrt(tp + fn) * np.sqrt(tn + fp) * np.sqrt(tn + fn)
    return ratio(tp * tn - fp * fn, root)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many patches fell into each of the four outcomes."""

    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def sensitivity(self) -> float:
        """Share of IDC patches that were predicted IDC."""
        return float(sensitivity(*self._counts))

    @property
    def specificity(self) -> float:
        """Share of patches without IDC that were predicted no IDC."""
        return float(specificity(*self._counts))

    @property
    def precision(self) -> float:
        """Share of positive predictions that are IDC."""
        return float(precision(*self._counts))

    @property
    def npv(self) -> float:
        """Share of negative predictions that are right."""
        return float(npv(*self._counts))

    @property
    def accuracy(self) -> float:
        """Share of patches correctly classified."""
        return float(accuracy(*self._counts))

    @property
    def balanced_accuracy(self) -> float:
        """Mean of sensitivity and specificity."""
        return float(balanced_accuracy(*self._counts))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and sensitivity."""
        return float(f1(*self._counts))

    @property
    def mcc(self) -> float:
        """Matthews correlation of call and label."""
        return float(mcc(*self._counts))

    @property
    def _counts(self) -> tuple[int, int, int, int]:
        return self.tn, self.fp, self.fn, self.tp

    @property
    def total(self) -> int:
        """All patches."""
        return self.tn + self.fp + self.fn + self.tp


def confusion_at(labels: npt.ArrayLike, scores: npt.ArrayLike, threshold: float) -> Confusion:
    """Count the four outcomes at one threshold.

    >>> confusion_at([0, 0, 1, 1], [0.1, 0.7, 0.5, 0.9], threshold=0.5)
    Confusion(tn=1, fp=1, fn=0, tp=2)
    """
    label_array, score_array = check_labels_and_scores(labels, scores)
    is_idc, called = label_array == 1, score_array >= threshold
    return Confusion(
        tn=int(np.sum(~called & ~is_idc)),
        fp=int(np.sum(called & ~is_idc)),
        fn=int(np.sum(~called & is_idc)),
        tp=int(np.sum(called & is_idc)),
    )
