"""What a threshold would mean in use: at another prevalence, and as a decision.

Counts are those of `confusion`: numbers, or arrays of one shape. Undefined is `nan`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import Count, Rate, ratio
from idc_core.metrics.joint import Rates, difference
from idc_core.metrics.leave_one_out import Interval

Numbers = npt.NDArray[np.float64]

_TN, _FP, _FN, _TP = range(4)


def ppv(sensitivity: Count, specificity: Count, prevalence: npt.ArrayLike) -> Rate:
    """Share of calls that would be IDC where `prevalence` of the patches are (Bayes).

    Sensitivity and specificity are taken as they are here (Altman & Bland 1994,
    10.1136/bmj.309.6947.102).

    >>> round(float(ppv(0.8, 0.9, prevalence=0.5)), 3)
    0.889
    """
    share = _share(prevalence)
    found = np.asarray(sensitivity) * share
    return ratio(found, found + (1 - np.asarray(specificity)) * (1 - share))


def npv(sensitivity: Count, specificity: Count, prevalence: npt.ArrayLike) -> Rate:
    """Share of negative predictions that would be right at a prevalence."""
    share = _share(prevalence)
    left = np.asarray(specificity) * (1 - share)
    return ratio(left, left + (1 - np.asarray(sensitivity)) * share)


def likelihood_ratio_positive(sensitivity: Count, specificity: Count) -> Rate:
    """How much likelier a positive prediction is with IDC than without: sensitivity / (1 -
    specificity).

    Deeks & Altman 2004, 10.1136/bmj.329.7458.168. `inf` without false alarms, `nan` without
    positive predictions.
    """
    return _or_infinite(np.asarray(sensitivity), 1 - np.asarray(specificity))


def likelihood_ratio_negative(sensitivity: Count, specificity: Count) -> Rate:
    """How much likelier a negative prediction is with IDC than without: (1 - sensitivity) /
    specificity.

    `inf` where only IDC is predicted negative, `nan` where nothing is.
    """
    return _or_infinite(1 - np.asarray(sensitivity), np.asarray(specificity))


@dataclass(frozen=True, slots=True)
class InUse:
    """What predictions mean at a prevalence, each with its interval for new patients."""

    ppv: Interval
    npv: Interval
    plus: Interval
    minus: Interval


def in_use(rates: Rates, prevalence: float) -> InUse:
    """PPV, NPV and both likelihood ratios within what sensitivity and specificity allow.

    A likelihood ratio's upper end is `inf` where it cannot be excluded that no error is made.
    """
    return InUse(
        rates.interval(lambda found, left: ppv(found, left, prevalence)),
        rates.interval(lambda found, left: npv(found, left, prevalence)),
        rates.interval(likelihood_ratio_positive),
        rates.interval(likelihood_ratio_negative),
    )


@dataclass(frozen=True, slots=True)
class Benefit:
    """Net benefit of the model with its interval, and how far it lies above each plain policy.

    Net benefit is found IDC a patch, less false alarms weighed by the odds of a chance: the
    probability of IDC at which looking closer is just worth it. At 0.2 a found IDC patch is worth
    four false alarms (Vickers & Elkin 2006, 10.1177/0272989X06295361).

    Calling none has a net benefit of 0, so `over_none` is the model's own. `over_all` is paired:
    both policies are judged on the same patients, and a patient is left out of both together.
    """

    over_none: Interval
    over_all: Interval


def benefit(counts: npt.ArrayLike, chance: float) -> Benefit:
    """From counts a patient, shape (patients, 4): tn, fp, fn, tp.

    What the model does otherwise than calling every patch: it spares `tn` false alarms and misses
    `fn`, so their difference is (odds · tn - fn) / n.

    >>> round(benefit([[40, 10, 5, 5], [20, 10, 0, 10]], chance=0.2).over_none.value, 9)
    0.1
    """
    odds = float(_odds(chance))
    missed = difference(counts, _FN, _TN, odds)
    above_all = Interval(-missed.value, -missed.high, -missed.low)
    return Benefit(difference(counts, _TP, _FP, odds), above_all)


def treat_all(prevalence: npt.ArrayLike, chance: npt.ArrayLike) -> Rate:
    """Net benefit of calling every patch; that of calling none is 0."""
    share = np.asarray(prevalence, dtype=np.float64)
    found: Rate = share - (1 - share) * _odds(chance)
    return found


def _or_infinite(part: Numbers, whole: Numbers) -> Rate:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Rate = np.divide(part, whole, dtype=np.float64)
    return found


def _share(prevalence: npt.ArrayLike) -> Numbers:
    share = np.asarray(prevalence, dtype=np.float64)
    if not ((share >= 0) & (share <= 1)).all():
        raise ValueError(f"expected a prevalence from 0 to 1: found {prevalence!r}.")
    return share


def _odds(chance: npt.ArrayLike) -> Numbers:
    wanted = np.asarray(chance, dtype=np.float64)
    if not ((wanted >= 0) & (wanted < 1)).all():
        raise ValueError(f"expected a probability from 0 to below 1: found {chance!r}.")
    odds: Numbers = wanted / (1 - wanted)
    return odds
