"""A 95 % interval from what a figure becomes when each patient in turn is left out.

Patches of one patient resemble each other, so the patient is the unit that varies. Leaving out one
at a time (jackknife) gives the standard error of any figure that pools their patches:
`se² = (n - 1) / n · Σ (left_out - value)²`, centred at the figure itself (Efron & Stein 1981,
10.1214/aos/1176345462; for unequal clusters this is the estimator called CR3 or CV3, Bell &
McCaffrey 2002). The interval is `value ± t · se`:

- as if one more patient had come, as influential as the most influential one: its square joins the
  variance and the kurtosis. Sets of a few dozen patients often lack the rare large or hard patient
  who would move the figure most; without this allowance their intervals lie above the truth in one
  study of ten;
- on the logit scale for a figure with bounds (se by the delta method), on the log scale for a rate
  that is only bounded by 0, so that it stays inside;
- with the t of `2 n / (kurtosis - 1)` degrees of freedom, at most n - 1: as many as there are
  patients of equal influence whose sum of squares would vary as much (Satterthwaite's idea, 1946,
  10.2307/3002019). One huge patient leaves few.

A figure that no patient moves has not been shown to stand still: it gets Wilson's interval where it
has bounds, and none where it has not.

`docs/coverage.md` shows how often such an interval holds the truth, beside intervals from
resampling (percentile, BCa, bootstrap-t), which hold it less often with few patients.
"""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Bounds = tuple[float, float]

UNIT: Bounds = (0.0, 1.0)
SIGNED_UNIT: Bounds = (-1.0, 1.0)
RATE: Bounds = (0.0, math.inf)
"""Of counts per slide: no upper bound."""

_Z = NormalDist().inv_cdf(0.975)
_LEAST_FREEDOM = 1.0
ROUNDING = 1e-12  # a share nearer to a bound lies on it; a smaller standard error is none
_NONE_SEEN = -math.log(0.025)  # Poisson: of so many expected, none is seen in 2.5 % of sets


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; `nan` where it is not defined."""

    value: float
    low: float
    high: float


def jackknife_interval(
    value: float, left_out: npt.ArrayLike, within: Bounds | None = None, patients: float = 1.0
) -> Interval:
    """Interval of one figure; `left_out[i]` is the figure without patient i.

    `within` are the figure's bounds, `patients` how many it rests on, used only where it lies on a
    bound (see `limits`). Without bounds an interval that cannot be known is `nan`.
    """
    left = np.asarray(left_out, dtype=np.float64)
    low, high = limits(np.array([value]), left[:, None], within, np.array([patients]))
    return Interval(float(value), float(low[0]), float(high[0]))


def difference_interval(value: float, left_out: npt.ArrayLike, within: Bounds = UNIT) -> Interval:
    """Interval of the difference of two figures with bounds: it ends where these let no two lie
    farther apart.

    >>> difference_interval(0.1, [0.7, -0.5], UNIT)
    Interval(value=0.1, low=-1.0, high=1.0)
    """
    return as_far_as(jackknife_interval(value, left_out), within)


def as_far_as(found: Interval, within: Bounds) -> Interval:
    """A difference's interval, no farther than two figures with these bounds can lie apart."""
    most = within[1] - within[0]
    return Interval(found.value, max(found.low, -most), min(found.high, most))


def limits(
    values: Numbers,
    left_out: Numbers,
    within: Bounds | None,
    patients: npt.ArrayLike = 1.0,
    there: Mask | None = None,
) -> tuple[Numbers, Numbers]:
    """Lower and upper ends of many figures; `left_out` has shape (patients, figures).

    `there`, of the same shape, says which patients a figure is made of, if not of all.

    A figure on a bound (every patch right, say) or elsewhere that no patient left out moves, and
    one that is undefined without some patient, get Wilson's interval (1927,
    10.1080/01621459.1927.10502953) for a share of `patients`: as if each patient were wholly right
    or wholly wrong, the most that patches of one can have in common. A `RATE` of 0 gets the upper
    end of Poisson's distribution over `patients`. Without an upper bound or any bounds the other
    cases are `nan`.
    """
    half = np.full(len(values), np.nan)
    if len(left_out) > 1:
        error, freedom = spread(values, left_out, there)
        half = np.where(error > ROUNDING, _t(freedom) * error, np.nan)
    return ends(values, half, within, patients)


def ends(
    values: Numbers, half: Numbers, within: Bounds | None, patients: npt.ArrayLike, z: float = _Z
) -> tuple[Numbers, Numbers]:
    """Lower and upper ends from half widths on the figures' own scale, `nan` where there is none.

    `z` is the point of the normal distribution that the half widths were made for.
    """
    if within is None:
        return values - half, values + half
    counted = np.broadcast_to(np.asarray(patients, dtype=np.float64), values.shape)
    if within == RATE:
        return _of_rate(values, half, counted)
    least, most = within
    share = np.asarray((values - least) / (most - least), dtype=np.float64)
    inside = np.isfinite(half) & (share > ROUNDING) & (share < 1 - ROUNDING)
    low, high = wilson(share, counted, z)
    odds = share[inside] / (1 - share[inside])
    # Beyond e^±700 nothing but 0 and 1 is left.
    reach = np.exp(np.minimum(half[inside] / (most - least) / (share * (1 - share))[inside], 700))
    low[inside] = odds / (odds + reach)
    high[inside] = odds / (odds + 1 / reach)
    return least + (most - least) * low, least + (most - least) * high


def unmoved(patients: float) -> Interval:
    """A difference of shares that none of `patients` shows: 0, and as far to either side as
    Wilson's interval lets the share of patients reach that would.

    >>> round(unmoved(10).high, 3)
    0.278
    """
    reach = float(wilson(np.zeros(1), np.array([max(patients, 1.0)]))[1][0])
    return Interval(0.0, -reach, reach)


def _of_rate(values: Numbers, half: Numbers, patients: Numbers) -> tuple[Numbers, Numbers]:
    """On the log scale; none seen: 0 to what Poisson's distribution still allows."""
    some = values > ROUNDING
    reach = np.exp(np.minimum(half / np.where(some, values, 1), 700))
    low = np.where(some, values / reach, 0 * values)
    return low, np.where(some, values * reach, values + _NONE_SEEN / patients)


def effective(sizes: npt.ArrayLike) -> Numbers:
    """How many patients of equal size would weigh as these do (Kish 1965): (Σ size)² / Σ size².

    Over the first axis; 1 where there are none.

    >>> float(effective([100, 100, 0]))
    2.0
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    squares = (sizes**2).sum(axis=0)
    some = np.asarray(squares > 0)
    found: Numbers = np.where(some, sizes.sum(axis=0) ** 2 / np.where(some, squares, 1), 1.0)
    return found


def median_interval(rates: Numbers) -> Interval:
    """Median of one finite rate a patient, between two of them: free of any assumption.

    The k-th from either end, for the largest k that leaves at most 2.5 % outside on each side
    (binomial; David & Nagaraja 2003, section 7.1). Fewer than six patients cannot give 95 %: the
    ends are `nan` then.
    """
    ordered = np.sort(rates)
    count = len(ordered)
    if not count:
        return Interval(math.nan, math.nan, math.nan)
    value, left_over = float(np.median(ordered)), _below(count)
    if not left_over:
        return Interval(value, math.nan, math.nan)
    return Interval(value, float(ordered[left_over - 1]), float(ordered[count - left_over]))


@cache
def _below(count: int) -> int:
    """Largest k with P(Binomial(count, ½) < k) <= 2.5 %."""
    within, term, k = 0, 1, 0
    everything = 2**count
    while (within + term) * 40 <= everything:
        within += term
        term = term * (count - k) // (k + 1)
        k += 1
    return k


def spread(
    values: Numbers, left_out: Numbers, there: Mask | None = None
) -> tuple[Numbers, Numbers]:
    """Standard error of each figure and its degrees of freedom, one more patient allowed for.

    `left_out` has shape (patients, figures), with two patients or more; see `limits` for `there`. A
    figure made of fewer than two patients has an error of 0.
    """
    own = np.full(len(values), len(left_out)) if there is None else there.sum(axis=0)
    count: Numbers = own.astype(np.float64)
    left_out = left_out if there is None else np.where(there, left_out, values)
    moved = (left_out - values) ** 2
    kept = (count - 1) / np.maximum(count, 1)
    error = np.sqrt(kept * (moved.sum(axis=0) + kept * moved.max(axis=0)))
    off = left_out - _mean(left_out, count, there)
    square = off**2 if there is None else np.where(there, off, 0) ** 2
    most = square.max(axis=0)
    fourth, second = (square**2).sum(axis=0) + most**2, square.sum(axis=0) + most
    # kurtosis - 1, free of division by a second moment of 0.
    over = (count + 1) * fourth - second**2
    some = over > 0
    found = np.where(some, 2 * (count + 1) * second**2 / np.where(some, over, 1), count - 1)
    most_free = np.maximum(count - 1, _LEAST_FREEDOM)
    freedom = np.clip(np.where(np.isfinite(found), found, 1), _LEAST_FREEDOM, most_free)
    return error, freedom


def _mean(left_out: Numbers, count: Numbers, there: Mask | None) -> Numbers:
    summed: Numbers = (left_out if there is None else np.where(there, left_out, 0)).sum(axis=0)
    found: Numbers = summed / np.maximum(count, 1)
    return found


def _t(freedom: Numbers) -> Numbers:
    """97.5 % point of Student's t; read off a table in 1 / freedom, right to 1e-4.

    Own code: metrics are NumPy only, and pages ask for it many thousand times.
    """
    inverse, points = _t_table()
    found: Numbers = np.interp(1 / freedom, inverse, points)
    return found


def t_quantile(freedom: float) -> float:
    """97.5 % point of Student's t, right to 1e-4; `nan` without a degree of freedom.

    >>> round(t_quantile(10), 3)
    2.228
    """
    return float(_t(np.array([freedom]))[0]) if freedom >= 1 else math.nan


@cache
def _t_table(steps: int = 800) -> tuple[Numbers, Numbers]:
    """Solved by Newton's method; the area is the integral of a power of a cosine."""
    inverse = np.arange(1, steps + 1) / steps
    freedom = 1 / inverse
    scale = np.array([math.lgamma((f + 1) / 2) - math.lgamma(f / 2) for f in freedom])
    scale = np.exp(scale) / math.sqrt(math.pi)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    angle = np.full(steps, 0.9)
    for _ in range(60):
        at = angle[:, None] * (nodes + 1) / 2
        area = angle / 2 * (np.cos(at) ** (freedom - 1)[:, None] @ weights) * scale
        angle = np.clip(
            angle - (area - 0.475) / (scale * np.cos(angle) ** (freedom - 1)),
            angle / 2,
            (angle + math.pi / 2) / 2,
        )
    points = np.tan(angle) * np.sqrt(freedom)
    return np.append(0.0, inverse), np.append(_Z, points)


def wilson(share: Numbers, count: Numbers, z: float = _Z) -> tuple[Numbers, Numbers]:
    """Wilson's score interval of a share of `count`; `nan` for an undefined share.

    >>> [round(float(each[0]), 3) for each in wilson(np.array([1.0]), np.array([10.0]))]
    [0.722, 1.0]
    """
    square = z**2 / count
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * np.sqrt((share * (1 - share)).clip(0) / count + square / count / 4)
    low, high = middle - half, middle + half
    # Rounding must not push an end past the share.
    low, high = np.minimum(low, share), np.maximum(high, share)
    return np.clip(low, 0, 1) + 0 * share, np.clip(high, 0, 1) + 0 * share
