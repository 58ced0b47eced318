"""How far a curve would move if other patients had come.

Pointwise 95 % bands: the curve is drawn again without each patient in turn and read at fixed places
across (vertical averaging; Fawcett 2006, 10.1016/j.patrec.2005.10.010); what it reads there has an
interval as every other figure (`leave_one_out`). Pointwise means that a whole curve leaves its band
somewhere more often than in 5 of 100 sets of patients.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import precision, sensitivity, specificity
from idc_core.metrics.leave_one_out import UNIT, effective, limits

Numbers = npt.NDArray[np.float64]
CountsAt = Callable[[float], npt.NDArray[np.int64] | npt.NDArray[np.float64]]
_Read = tuple[Numbers, Numbers]

PLACES = 61
MOST_THRESHOLDS = 120


@dataclass(frozen=True, slots=True)
class Band:
    """Pointwise 95 % interval `low` to `high` at each place `across`."""

    across: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, slots=True)
class Bands:
    """Of sensitivity across false alarms, and of precision across sensitivity."""

    roc: Band
    pr: Band


def bands(counts_at: CountsAt, thresholds: Numbers) -> Bands:
    """Bands from counts a patient, shape (patients, 4), at falling thresholds."""
    return of_groups([counts_at], thresholds)


def of_groups(groups: Iterable[CountsAt], thresholds: Numbers) -> Bands:
    """The same where the patients come in groups, which are gone through twice: their counts need
    not all be in memory at once."""
    few = thresholds
    if len(few) > MOST_THRESHOLDS:
        few = few[np.linspace(0, len(few) - 1, MOST_THRESHOLDS).astype(int)]
    total = np.sum([_at(group, few).sum(axis=0) for group in groups], axis=0)
    places = np.linspace(0, 1, PLACES)
    roc, pr = _read(places, total)
    left: tuple[list[Numbers], list[Numbers]] = [], []
    sizes = []
    for group in groups:
        at = _at(group, few)
        sizes.append(at[:, :, 0].copy())  # a view would keep the counts at all thresholds
        both = [_read(places, total - own) for own in at]
        for curve in (0, 1):
            left[curve].append(np.array([each[curve] for each in both]).reshape(-1, PLACES))
    left_roc, left_pr = (np.concatenate(each) for each in left)
    size = np.concatenate(sizes)
    idc, others = effective(size[:, 2:].sum(axis=1)), effective(size[:, :2].sum(axis=1))
    low, high = limits(roc, left_roc, UNIT, np.full(PLACES, min(idc, others)))
    # More false alarms never find less: what is sure at one place is sure at all further right.
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return Bands(
        Band(places, low, high),
        Band(places, *limits(pr, left_pr, UNIT, np.full(PLACES, idc))),
    )


def _at(counts_at: CountsAt, thresholds: Numbers) -> Numbers:
    """Counts a patient, (patients, 4, thresholds)."""
    found = [counts_at(float(threshold)) for threshold in thresholds]
    return np.stack(found, axis=2).astype(np.float64)


def _read(places: Numbers, counts: Numbers) -> _Read:
    """Sensitivity by share of false alarms, precision by sensitivity; counts (4, thresholds)."""
    found, alarms = sensitivity(*counts), 1 - specificity(*counts)
    return _up(places, alarms, found), _up(places, found, precision(*counts))


def _up(places: Numbers, across: Numbers, up: Numbers) -> Numbers:
    """The curve read at the places; `nan` where no point of it is defined."""
    known = np.isfinite(across) & np.isfinite(up)
    if not known.any():
        return np.full(len(places), np.nan)
    return np.interp(places, across[known], up[known])
