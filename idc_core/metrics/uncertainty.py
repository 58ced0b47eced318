"""How sure is a figure, if other patients had come?

Patches of one patient resemble each other, so whole patients are resampled, with replacement
(cluster bootstrap; Field & Welsh 2007, 10.1111/j.1467-9868.2007.00593.x). A resample is a row of
weights: how often each patient was drawn. Weights are drawn once; a figure that is a function of
sums over patients is then one matrix product for all resamples. Intervals are percentiles (2.5 %
and 97.5 %) of the resamples in which the figure is defined.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import RATES, ratio

Numbers = npt.NDArray[np.float64]

RESAMPLES = 2000
FEW_PATIENTS = 20
"""With fewer patients than this an interval is itself unsure."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; `nan` where it is not defined."""

    value: float
    low: float
    high: float


class PatientBootstrap:
    """Weights of `resamples` resamples of `patients` patients, the same for the same seed."""

    def __init__(self, patients: int, *, resamples: int = RESAMPLES, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        drawn = (
            rng.multinomial(patients, np.full(patients, 1 / patients), size=resamples)
            if patients
            else np.zeros((resamples, 0))
        )
        self.weights = drawn.astype(np.float32)
        # The same numbers again: converting them at every call took longer than the product.
        self._double = drawn.astype(np.float64)

    def of_rates(self, counts: npt.ArrayLike, names: tuple[str, ...]) -> dict[str, Interval]:
        """Intervals of `RATES` from counts a patient, shape (patients, 4): tn, fp, fn, tp."""
        counts = np.asarray(counts, dtype=np.float64)
        drawn = self.sums(counts)
        total = counts.sum(axis=0)
        return {name: interval(float(RATES[name](*total)), RATES[name](*drawn.T)) for name in names}

    def of_sums(self, figure: Callable[[Numbers], npt.ArrayLike], per_patient: Numbers) -> Interval:
        """Interval of a function of sums over patients; `per_patient` has a row a patient."""
        value = float(np.asarray(figure(per_patient.sum(axis=0)[None]))[0])
        return interval(value, np.asarray(figure(self.sums(per_patient)), dtype=np.float64))

    def of_roc_auc(self, pair_wins: Numbers, positive: Numbers, negative: Numbers) -> Interval:
        """Interval of the exact AUC from `auc_between_patients` and patches a patient and class."""
        weights = self._double
        won = np.einsum("ri,ri->r", weights @ pair_wins, weights)
        pairs = (weights @ positive) * (weights @ negative)
        value = float(ratio(pair_wins.sum(), positive.sum() * negative.sum()))
        return interval(value, ratio(won, pairs))

    def of_mean(self, rates: Numbers) -> Interval:
        """Interval of the mean of one rate a patient, over the patients that have one."""
        defined = np.isfinite(rates)
        return self.of_sums(
            lambda sums: ratio(sums[:, 0], sums[:, 1]),
            np.stack([np.where(defined, rates, 0), defined], axis=1).astype(np.float64),
        )

    def of_median(self, rates: Numbers) -> Interval:
        """Interval of the median of one rate a patient, over the patients that have one."""
        order = np.argsort(rates)[: int(np.isfinite(rates).sum())]
        if not len(order):
            return Interval(np.nan, np.nan, np.nan)
        drawn = np.cumsum(self.weights[:, order], axis=1)
        half = drawn[:, -1:] / 2
        sorted_rates = rates[order]
        lower = sorted_rates[np.argmax(drawn >= half, axis=1)]
        upper = sorted_rates[np.argmax(drawn > half, axis=1)]
        middle = np.where(drawn[:, -1] > 0, (lower + upper) / 2, np.nan)
        return interval(float(np.median(sorted_rates)), middle)

    def sums(self, per_patient: Numbers) -> Numbers:
        """Sums over each resample's patients; (patients, k) → (resamples, k)."""
        summed: Numbers = self._double @ per_patient
        return summed


def interval(value: float, drawn: Numbers) -> Interval:
    """The figure with the percentiles of its resamples, left out where they are not defined."""
    defined = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not len(defined):
        return Interval(value, np.nan, np.nan)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def auc_between_patients(
    patient: npt.NDArray[np.int64], labels: npt.ArrayLike, scores: Numbers, patients: int
) -> Numbers:
    """How often patient i's IDC patches score above patient j's without (ties half), [i, j].

    `patient` holds numbers from 0 to `patients` - 1. With it, the AUC of any resample is exact.
    """
    is_idc = np.asarray(labels) == 1
    order = np.argsort(scores[is_idc], kind="stable")
    positive, owner = scores[is_idc][order], patient[is_idc][order]
    pair_wins = np.zeros((patients, patients))
    negative, negative_owner = scores[~is_idc], patient[~is_idc]
    by_owner = np.lexsort((negative, negative_owner))
    negative, negative_owner = negative[by_owner], negative_owner[by_owner]
    starts = np.searchsorted(negative_owner, np.arange(patients + 1))
    for j in range(patients):
        own = negative[starts[j] : starts[j + 1]]
        if len(own):
            won = np.searchsorted(own, positive, side="left") + np.searchsorted(
                own, positive, side="right"
            )
            pair_wins[:, j] = np.bincount(owner, weights=won / 2, minlength=patients)
    return pair_wins


def average_precision_resampled(
    bootstrap: PatientBootstrap, patient: npt.NDArray[np.int64], labels: npt.ArrayLike,
    scores: Numbers,
) -> Numbers:  # fmt: skip
    """Average precision of every resample, ties handled as one step; shape (resamples,)."""
    order = np.argsort(-scores, kind="stable")
    is_idc = (np.asarray(labels) == 1)[order]
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    owner = patient[order]
    found = np.empty(len(bootstrap.weights))
    for row, weights in enumerate(bootstrap.weights):
        drawn = weights[owner]
        true = np.cumsum(np.where(is_idc, drawn, 0), dtype=np.float64)[last_of_tie]
        called = np.cumsum(drawn, dtype=np.float64)[last_of_tie]
        gain = np.diff(true, prepend=0.0)
        found[row] = ratio(np.sum(gain * np.nan_to_num(ratio(true, called))), true[-1])
    return found
