"""Intervals of figures that are made of two others, so that no figure contradicts its parts.

- PPV and NPV at a prevalence and both likelihood ratios are functions of sensitivity and
  specificity. Their intervals are what the printed intervals of sensitivity, specificity and
  balanced accuracy allow together: a box, with the corners cut off where both rates would be poor
  (good) at once though balanced accuracy says they are not. All four rise, or all fall, towards
  those corners, and a ratio of linear forms is extreme in a corner, so only corners are asked.
- A weighted difference of two shares of the same patches is put together from both intervals and
  how the shares go together over patients (method of variance estimates recovery; Zou & Donner
  2008, 10.1002/sim.3095). It leans to the side to which its parts do, as `value ± t · se` cannot.

How often they hold the truth is in `docs/coverage.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import Rate, ratio
from idc_core.metrics.leave_one_out import UNIT, Interval, effective, limits
from idc_core.metrics.uncertainty import PatientJackknife

Numbers = npt.NDArray[np.float64]
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Sensitivity and specificity with what their intervals allow together.

    `worst` and `best` are corners (sensitivity, specificity) where figures of both are extreme.
    """

    sensitivity: Interval
    specificity: Interval
    worst: Corners
    best: Corners

    def interval(self, figure: Callable[[float, float], Rate]) -> Interval:
        """A figure that rises, or falls, with both rates; its ends where it is infinite are `inf`.

        The value is `nan` where it is not defined; the ends are known even then.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(figure(self.sensitivity.value, self.specificity.value))
            ends = [float(figure(*corner)) for corner in (*self.worst, *self.best)]
        known = [each for each in ends if each == each]
        if not known:
            return Interval(value, np.nan, np.nan)
        return Interval(value, min(known), max(known))


def rates(jackknife: PatientJackknife, counts: npt.ArrayLike) -> Rates:
    """From counts a patient, shape (patients, 4): tn, fp, fn, tp."""
    found = jackknife.of_rates(counts, ("sensitivity", "specificity", "balanced_accuracy"))
    return of_intervals(found["sensitivity"], found["specificity"], found["balanced_accuracy"])


def of_intervals(sensitivity: Interval, specificity: Interval, balanced: Interval) -> Rates:
    """From three printed intervals; the third is left out where a rate lies on a bound.

    There balanced accuracy may know of one rate alone.

    >>> narrow, wide = Interval(0.75, 0.625, 0.875), Interval(0.75, 0.5, 1.0)
    >>> of_intervals(wide, narrow, narrow).worst
    ((0.5, 0.75), (0.625, 0.625))
    """
    low = (sensitivity.low, specificity.low)
    high = (sensitivity.high, specificity.high)
    if not (0 < sensitivity.value < 1 and 0 < specificity.value < 1):
        return Rates(sensitivity, specificity, (low,), (high,))
    return Rates(
        sensitivity,
        specificity,
        _cut(low, high, 2 * balanced.low),
        tuple((-a, -b) for a, b in _cut(_turned(high), _turned(low), -2 * balanced.high)),
    )


def _turned(corner: tuple[float, float]) -> tuple[float, float]:
    return -corner[0], -corner[1]


def _cut(low: tuple[float, float], high: tuple[float, float], least: float) -> Corners:
    """Corners of the box `low` to `high` nearest `low` whose sum is at least `least`."""
    if not sum(low) < least:
        return (low,)
    first = min(least - low[0], high[1])
    second = min(least - low[1], high[0])
    return (least - first, first), (second, least - second)


def difference(counts: npt.ArrayLike, plus: int, minus: int, weight: float) -> Interval:
    """(column `plus` - `weight` · column `minus`) / all, from counts a patient (patients, k).

    `nan` without patches. Raises `ValueError` for a weight below 0.
    """
    if not weight >= 0:
        raise ValueError(f"expected a weight of at least 0: found {weight!r}.")
    own = np.asarray(counts, dtype=np.float64)
    total = own.sum(axis=0)
    value, left = _shares(total[None], plus, minus)[0], _shares(total - own, plus, minus)
    low, high = limits(value, left, UNIT, effective(own.sum(axis=1)))
    together = _correlation(left)
    middle = float(value[0] - weight * value[1])
    down = _reach(value[0] - low[0], weight * (high[1] - value[1]), together)
    up = _reach(high[0] - value[0], weight * (value[1] - low[1]), together)
    return Interval(middle, middle - down, middle + up)


def _shares(sums: Numbers, plus: int, minus: int) -> Numbers:
    total = sums.sum(axis=1)
    return np.stack([ratio(sums[:, each], total) for each in (plus, minus)], axis=1)


def _correlation(left_out: Numbers) -> float:
    """Of two shares over patients; 0 where one does not vary or is not known."""
    apart = left_out - left_out.mean(axis=0)
    spread = float(np.sqrt((apart**2).sum(axis=0).prod()))
    return float(apart[:, 0] @ apart[:, 1]) / spread if spread > 0 else 0.0


def _reach(a: float, b: float, together: float) -> float:
    return float(np.sqrt(max(a**2 - 2 * together * a * b + b**2, 0.0)))
