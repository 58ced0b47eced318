"""What if the model may pass on the patches nearest the threshold? (Selective prediction.)

Near is meant on the log odds: a score as many times likelier, or less likely, than the threshold.
Any temperature or Platt map stretches all log odds alike, so the same patches stay silent on raw
scores as on scores calibrated by one; scores through an isotonic map are themselves the calibrated
ones. Nearness in the score itself would be silent on one class first: around a threshold of 0.1 a
reach of 0.1 takes everything below it, and nothing of what is surely called.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import Count, Rate, ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import SHARE, Interval
from idc_core.metrics.uncertainty import PatientBootstrap

_HALVINGS = 60
_FARTHEST = 1500.0  # log odds between the smallest and the largest score that a double can hold
_LEAST, _MOST = 1e-300, 1 - 2**-53  # a threshold has log odds


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` up to, but not at, `high` get no answer."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Counts of the patches that get an answer, and of the silent ones by their class."""

    tn: Count
    fp: Count
    fn: Count
    tp: Count
    silent_idc: Count
    silent_others: Count

    @property
    def silent(self) -> Count:
        """Patches without an answer."""
        return np.asarray(self.silent_idc) + self.silent_others

    @property
    def answers(self) -> Count:
        """Patches with an answer."""
        return np.asarray(self.tn) + self.fp + self.fn + self.tp

    @property
    def coverage(self) -> Rate:
        """Share of patches that get an answer."""
        return ratio(self.answers, np.asarray(self.answers) + self.silent)

    @property
    def error(self) -> Rate:
        """Share of wrong answers among the answers; `nan` without any."""
        return ratio(np.asarray(self.fp) + self.fn, self.answers)


def answered(below: npt.ArrayLike, above: npt.ArrayLike) -> Answered:
    """From counts (tn, fp, fn, tp in the last axis) at a band's low and high end.

    Called is what is called at the high end, left alone what is left alone at the low end.
    """
    low, high = np.asarray(below), np.asarray(above)
    tn, fn, fp, tp = low[..., 0], low[..., 2], high[..., 1], high[..., 3]
    return Answered(tn, fp, fn, tp, high[..., 2] - fn, high[..., 0] - tn)


def band_around(ranked: Ranked, threshold: float, silent: float) -> Band:
    """The widest band around a threshold that is silent on at most this share of the patches.

    Both ends are as far from the threshold in log odds. Raises `ValueError` unless
    0 <= silent <= 1 (Geifman & El-Yaniv 2017, 1705.08500).
    """
    if not 0 <= silent <= 1:
        raise ValueError(f"expected a share of patches from 0 to 1: found {silent!r}.")
    if not 0 <= threshold <= 1:
        return Band(threshold, threshold)
    narrow, wide = 0.0, _FARTHEST
    for _ in range(_HALVINGS):
        middle = (narrow + wide) / 2
        band = _reaching(threshold, middle)
        low, high = ranked.counts(band.low), ranked.counts(band.high)
        if (low.tp + low.fp) - (high.tp + high.fp) <= silent * len(ranked):
            narrow = middle
        else:
            wide = middle
    return _reaching(threshold, narrow)


@dataclass(frozen=True, slots=True)
class Selective:
    """What the answers are worth and what is passed over, with intervals for new patients."""

    answers: int
    coverage: float
    error: Interval
    sensitivity: Interval
    specificity: Interval
    ppv: Interval
    npv: Interval
    silent: int
    silent_idc: Interval
    answered_patients: int
    silent_patients: int


def selective(below: npt.ArrayLike, above: npt.ArrayLike, bootstrap: PatientBootstrap) -> Selective:
    """From counts a patient, shape (patients, 4), at a band's low and high end."""
    found = answered(below, above)
    counts = np.stack([found.tn, found.fp, found.fn, found.tp], axis=1).astype(np.float64)
    rates = bootstrap.of_rates(
        counts, ("sensitivity", "specificity", "precision", "npv", "accuracy")
    )
    right = rates["accuracy"]
    passed = np.stack([found.silent_idc, found.silent], axis=1).astype(np.float64)
    answers, silent = int(counts.sum()), int(passed[:, 1].sum())
    return Selective(
        answers,
        float(ratio(answers, answers + silent)),
        Interval(1 - right.value, 1 - right.high, 1 - right.low),
        rates["sensitivity"],
        rates["specificity"],
        rates["precision"],
        rates["npv"],
        silent,
        bootstrap.of_sums(lambda sums: ratio(sums[:, 0], sums[:, 1]), passed, SHARE),
        int((counts.sum(axis=1) > 0).sum()),
        int((passed[:, 1] > 0).sum()),
    )


def _reaching(threshold: float, reach: float) -> Band:
    """The threshold less and more so many log odds; the threshold itself for none."""
    if reach == 0:
        return Band(threshold, threshold)
    kept = min(max(threshold, _LEAST), _MOST)
    odds = math.log(kept) - math.log1p(-kept)
    return Band(min(_score(odds - reach), threshold), max(_score(odds + reach), threshold))


def _score(odds: float) -> float:
    """The sigmoid, without overflow; 0, or above every score, where nothing lies beyond."""
    if odds < 0:
        grown = math.exp(max(odds, -800.0))
        return grown / (1 + grown)
    left = math.exp(-min(odds, 800.0))
    return 1 / (1 + left) if left > 2**-53 else math.nextafter(1.0, 2.0)
