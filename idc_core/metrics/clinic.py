"""What a threshold would mean in use: at another prevalence, as a decision, with the right to pass.

Counts are those of `confusion`: numbers, or arrays of one shape. Undefined is `nan`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import Count, Rate, ratio, sensitivity, specificity
from idc_core.metrics.curves import Ranked

Numbers = npt.NDArray[np.float64]

_HALVINGS = 50


def ppv_at(tn: Count, fp: Count, fn: Count, tp: Count, prevalence: npt.ArrayLike) -> Rate:
    """Share of calls that would be IDC where `prevalence` of the patches are (Bayes).

    Sensitivity and specificity are taken as they are here (Altman & Bland 1994,
    10.1136/bmj.309.6947.102).

    >>> round(float(ppv_at(tn=90, fp=10, fn=20, tp=80, prevalence=0.5)), 3)
    0.889
    """
    share = _share(prevalence)
    found = sensitivity(tn, fp, fn, tp) * share
    return ratio(found, found + (1 - specificity(tn, fp, fn, tp)) * (1 - share))


def npv_at(tn: Count, fp: Count, fn: Count, tp: Count, prevalence: npt.ArrayLike) -> Rate:
    """Share of patches left alone that would hold no IDC at a prevalence."""
    share = _share(prevalence)
    left = specificity(tn, fp, fn, tp) * (1 - share)
    return ratio(left, left + (1 - sensitivity(tn, fp, fn, tp)) * share)


def likelihood_ratio_positive(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """How much likelier a call is with IDC than without: sensitivity / (1 - specificity).

    Deeks & Altman 2004, 10.1136/bmj.329.7458.168; `nan` without false alarms.
    """
    return ratio(sensitivity(tn, fp, fn, tp), 1 - specificity(tn, fp, fn, tp))


def likelihood_ratio_negative(tn: Count, fp: Count, fn: Count, tp: Count) -> Rate:
    """How much likelier being left alone is with IDC than without; `nan` if nothing is."""
    return ratio(1 - sensitivity(tn, fp, fn, tp), specificity(tn, fp, fn, tp))


def net_benefit(tn: Count, fp: Count, fn: Count, tp: Count, chance: npt.ArrayLike) -> Rate:
    """Found IDC a patch, less false alarms weighed by the odds of `chance`.

    `chance` is the probability of IDC at which looking closer is just worth it: at 0.2 a found
    IDC patch is worth four false alarms (Vickers & Elkin 2006, 10.1177/0272989X06295361).

    >>> float(net_benefit(tn=60, fp=20, fn=5, tp=15, chance=0.2))
    0.1
    """
    odds = _odds(chance)
    total = np.asarray(tn) + fp + fn + tp
    return ratio(np.asarray(tp) - np.asarray(fp) * odds, total)


def treat_all(prevalence: npt.ArrayLike, chance: npt.ArrayLike) -> Rate:
    """Net benefit of calling every patch; that of calling none is 0."""
    share = np.asarray(prevalence, dtype=np.float64)
    found: Rate = share - (1 - share) * _odds(chance)
    return found


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` up to, but not at, `high` get no answer."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What happens to the patches that get an answer; `silent` are the others."""

    tn: Count
    fp: Count
    fn: Count
    tp: Count
    silent: Count

    @property
    def coverage(self) -> Rate:
        """Share of patches that get an answer."""
        return ratio(self.total - self.silent, self.total)

    @property
    def error(self) -> Rate:
        """Share of wrong answers among the answers; `nan` without any."""
        return ratio(np.asarray(self.fp) + self.fn, self.total - self.silent)

    @property
    def total(self) -> Count:
        """All patches."""
        return np.asarray(self.tn) + self.fp + self.fn + self.tp + self.silent


def answered(below: npt.ArrayLike, above: npt.ArrayLike) -> Answered:
    """From counts (tn, fp, fn, tp in the last axis) at a band's low and high end.

    Called is what is called at the high end, left alone what is left alone at the low end.
    """
    low, high = np.asarray(below), np.asarray(above)
    tn, fn, fp, tp = low[..., 0], low[..., 2], high[..., 1], high[..., 3]
    return Answered(tn, fp, fn, tp, high.sum(axis=-1) - tn - fn - fp - tp)


def band_around(ranked: Ranked, threshold: float, silent: float) -> Band:
    """The widest band around a threshold, both ends as far, that is silent on at most this share.

    Raises `ValueError` unless 0 <= silent <= 1 (selective prediction; Geifman & El-Yaniv 2017,
    1705.08500).
    """
    if not 0 <= silent <= 1:
        raise ValueError(f"expected a share of patches from 0 to 1: found {silent!r}.")
    narrow, wide = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (narrow + wide) / 2
        if _silent(ranked, threshold, middle) <= silent * len(ranked):
            narrow = middle
        else:
            wide = middle
    return Band(threshold - narrow, threshold + narrow)


def _silent(ranked: Ranked, threshold: float, reach: float) -> int:
    low, high = ranked.counts(threshold - reach), ranked.counts(threshold + reach)
    return (low.tp + low.fp) - (high.tp + high.fp)


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
