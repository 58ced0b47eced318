"""Selective prediction: abstain on the patches nearest the threshold.

The same share abstains on either side of the threshold: the nearest of the positive predictions
and the nearest of the negative ones. Where higher scores mean more IDC, these are the predictions
most often wrong, so sensitivity, specificity, both predictive values and the error of the remaining
predictions all improve, wherever the threshold lies and whether or not the scores are calibrated;
a recalibration that keeps the order of the scores abstains on the same patches.

Other measures of nearness lack this property. On the reference run's validation patients, when half
of the patches abstain, at the threshold with sensitivity 97 % (error 28 %, specificity 61 % without
abstaining) and at the one with specificity 97 % (error 20 %, sensitivity 39 %):

| nearest by | error, specificity at the first | error, sensitivity at the second |
|---|---|---|
| score | 43 %, 2 % | 4 %, 0 % |
| log odds | 29 %, 42 % | 4 %, 0 % |
| rank among all patches | 19 %, 66 % | 4 %, 0 % |
| expected cost (Chow 1970, 10.1109/TIT.1970.1054406) | 11 %, 84 % | 3 %, 35 % |
| **the same share on either side** | 15 %, 74 % | 3 %, 88 % |

Chow's rule gives the fewest errors where scores are calibrated and the threshold is low, but it
abstains on nearly all positive predictions where the threshold is high, or where the scores of a
rare class are all low.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import Count, Rate, ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import UNIT, Interval
from idc_core.metrics.uncertainty import PatientJackknife

_ABOVE_ALL = math.nextafter(1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` up to, but not including, `high` get no prediction."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Counts of the patches with a prediction, and of the abstentions by their class."""

    tn: Count
    fp: Count
    fn: Count
    tp: Count
    silent_idc: Count
    silent_others: Count

    @property
    def silent(self) -> Count:
        """Patches without a prediction."""
        return np.asarray(self.silent_idc) + self.silent_others

    @property
    def answers(self) -> Count:
        """Patches with a prediction."""
        return np.asarray(self.tn) + self.fp + self.fn + self.tp

    @property
    def coverage(self) -> Rate:
        """Share of patches with a prediction."""
        return ratio(self.answers, np.asarray(self.answers) + self.silent)

    @property
    def error(self) -> Rate:
        """Share of wrong predictions among those given; `nan` without any."""
        return ratio(np.asarray(self.fp) + self.fn, self.answers)


def answered(below: npt.ArrayLike, above: npt.ArrayLike) -> Answered:
    """From counts (tn, fp, fn, tp in the last axis) at a band's low and high end.

    Positive is what is positive at the high end, negative what is negative at the low end.
    """
    low, high = np.asarray(below), np.asarray(above)
    tn, fn, fp, tp = low[..., 0], low[..., 2], high[..., 1], high[..., 3]
    return Answered(tn, fp, fn, tp, high[..., 2] - fn, high[..., 0] - tn)


def band_around(ranked: Ranked, threshold: float, silent: float) -> Band:
    """The widest band that abstains on at most this share of the positive and of the negative
    predictions.

    Its ends are the lowest score that abstains and the lowest positive prediction given; the
    threshold itself where nothing abstains on one side of it. Raises `ValueError` unless 0 <=
    silent <= 1 (Geifman & El-Yaniv 2017, 1705.08500).
    """
    if not 0 <= silent <= 1:
        raise ValueError(f"expected a share of patches from 0 to 1: found {silent!r}.")
    if not 0 <= threshold <= 1:
        return Band(threshold, threshold)
    left_alone = _below(ranked, threshold)
    called = len(ranked) - left_alone
    low = _farthest(
        threshold, 0.0, lambda cut: left_alone - _below(ranked, cut) <= silent * left_alone
    )
    high = _farthest(
        threshold, _ABOVE_ALL, lambda cut: _below(ranked, cut) - left_alone <= silent * called
    )
    return Band(
        min(_next_score(ranked, low), threshold),
        threshold if _below(ranked, high) == left_alone else high,
    )


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


def selective(below: npt.ArrayLike, above: npt.ArrayLike, jackknife: PatientJackknife) -> Selective:
    """From counts a patient, shape (patients, 4), at a band's low and high end."""
    found = answered(below, above)
    counts = np.stack([found.tn, found.fp, found.fn, found.tp], axis=1).astype(np.float64)
    rates = jackknife.of_rates(
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
        jackknife.of_sums(lambda sums: ratio(sums[:, 0], sums[:, 1]), passed, UNIT),
        int((counts.sum(axis=1) > 0).sum()),
        int((passed[:, 1] > 0).sum()),
    )


def _below(ranked: Ranked, cut: float) -> int:
    """How many patches score below."""
    counts = ranked.counts(cut)
    return counts.tn + counts.fn


def _farthest(near: float, far: float, allowed: Callable[[float], bool]) -> float:
    """The number farthest from `near` that is allowed, between it and `far`; none below 0.

    Halves how many doubles lie between, not the distance: scores of 1e-300 are told apart too.
    """
    if allowed(far):
        return far
    inside, outside = _place(near), _place(far)
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if allowed(_at(middle)) else (inside, middle)
    return _at(inside)


def _place(number: float) -> int:
    return int(np.float64(number + 0.0).view(np.int64))


def _at(place: int) -> float:
    return float(np.int64(place).view(np.float64))


def _next_score(ranked: Ranked, cut: float) -> float:
    """The lowest score from `cut` on; above every score where there is none."""
    some = [
        float(scores[at])
        for scores, at in (
            (ranked.positive, ranked.counts(cut).fn),
            (ranked.negative, ranked.counts(cut).tn),
        )
        if at < len(scores)
    ]
    return min(some, default=_ABOVE_ALL)
