"""Do two judges agree: readers, labels, a model; on classes or on amounts.

Everything is a function of sums over patients, so that an interval comes from leaving one patient
out at a time (`leave_one_out`). Undefined (both judges use one class only, fewer than two patients,
no spread) is `nan`.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import (
    ROUNDING,
    SIGNED_UNIT,
    Interval,
    Numbers,
    jackknife_interval,
    t_quantile,
)
from idc_core.metrics.uncertainty import PatientJackknife

WEIGHTS = ("none", "linear", "quadratic")


def kappa(table: npt.ArrayLike, weights: str = "none") -> Numbers:
    """Cohen's kappa of tables (…, k, k): rows one judge, columns the other; shape (…).

    `1 - Σ w·observed / Σ w·expected` with disagreement weights `w`: 1 off the diagonal (Cohen 1960,
    10.1177/001316446002000104), |i - j| or (i - j)² (Cohen 1968, 10.1037/h0026256).

    >>> float(kappa([[20, 5], [10, 15]]).round(3))
    0.4
    """
    counts = np.asarray(table, np.float64)
    weight = _disagreement(counts.shape[-1], weights)
    total = counts.sum(axis=(-2, -1))
    expected = counts.sum(axis=-1)[..., :, None] * counts.sum(axis=-2)[..., None, :]
    observed = (weight * counts).sum(axis=(-2, -1)) * total
    found: Numbers = 1 - ratio(observed, (weight * expected).sum(axis=(-2, -1)))
    return found


def kappa_interval(per_patient: npt.ArrayLike, weights: str = "none") -> Interval:
    """Kappa of the pooled table with its interval; `per_patient` has shape (patients, k, k).

    One patient has a kappa and no interval: nothing shows how others would differ.
    """
    tables = np.asarray(per_patient, np.float64)
    classes = tables.shape[-1]
    if len(tables) < 2:
        value = float(kappa(tables.sum(axis=0), weights)) if len(tables) else math.nan
        return Interval(value, math.nan, math.nan)
    return PatientJackknife(len(tables)).of_sums(
        lambda sums: kappa(sums.reshape(-1, classes, classes), weights),
        tables.reshape(len(tables), -1),
        SIGNED_UNIT,
    )


def tables_of(
    owner: npt.ArrayLike, one: npt.ArrayLike, other: npt.ArrayLike, classes: int = 2
) -> Numbers:
    """One table a patient, (patients, classes, classes): `owner` numbers them from 0."""
    owners = np.asarray(owner, np.int64)
    if not len(owners):
        return np.zeros((0, classes, classes))
    cell = (owners * classes + np.asarray(one, np.int64)) * classes + np.asarray(other, np.int64)
    patients = int(owners.max()) + 1
    found = np.bincount(cell, minlength=patients * classes**2).astype(np.float64)
    return found.reshape(patients, classes, classes)


def icc(one: npt.ArrayLike, other: npt.ArrayLike) -> Interval:
    """ICC(2,1) of two judges' amounts, one of each a patient: absolute agreement of single judges
    in a two-way random model (Shrout & Fleiss 1979, 10.1037/0033-2909.86.2.420, case 2).

    A constant offset between the judges lowers it; a mere correlation would not. Not defined where
    its denominator is all but gone and it falls below -1, as it can with two or three patients.
    """
    x, y = (np.asarray(each, np.float64) for each in (one, other))
    if len(x) < 2:
        return Interval(math.nan, math.nan, math.nan)
    # Around the middle, so that sums of squares lose no digits.
    middle = (x.mean() + y.mean()) / 2
    x, y = x - middle, y - middle
    sums = np.stack([np.ones_like(x), x, y, x**2, y**2, x * y], axis=1)
    found = PatientJackknife(len(x)).of_sums(_icc, sums, SIGNED_UNIT)
    return found if found.value >= -1 else Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Mean difference (`bias`, other - one), standard deviation, and the limits between which 95 %
    of the differences lie, each with its own interval; `new`: between what the difference of one
    more patient lies, with 95 % certainty."""

    bias: Interval
    deviation: float
    lower: Interval
    upper: Interval
    new: Interval


def bland_altman(one: npt.ArrayLike, other: npt.ArrayLike) -> BlandAltman:
    """Limits of agreement, `bias ± 1.96 sd`, one pair a patient (Bland & Altman 1986,
    10.1016/S0140-6736(86)90837-8).

    Their standard errors, `sd / √n` of the bias and `sd √(3 / n)` of a limit with Student's t of
    n - 1, hold for normal differences only; burdens differ by much in a few patients, and so
    taken the interval of a limit holds the truth in three studies of four. The wider of it and of
    leaving out one patient at a time is given.

    Limits from few patients are too narrow for the next one (three patients: they hold 76 % of
    them). `new` is the prediction interval, `bias ± t · sd · √(1 + 1 / n)`, which is not.
    """
    difference = np.asarray(other, np.float64) - np.asarray(one, np.float64)
    count = len(difference)
    bias = float(difference.mean()) if count else math.nan
    deviation = float(difference.std(ddof=1)) if count > 1 else math.nan
    # Differences that are all alike have not been shown to be so in other patients.
    vary = deviation > ROUNDING
    half = t_quantile(count - 1) * deviation / math.sqrt(count) if vary else math.nan
    means, deviations = _without_each(difference)

    def at(times: float) -> Interval:
        value = bias + times * deviation if times else bias
        known = half * math.sqrt(3) if times else half
        left = means + times * deviations if times else means
        moved = jackknife_interval(value, left)
        reach = np.fmax(known, moved.high - value)
        return Interval(value, float(value - reach), float(value + reach))

    next_one = half * math.sqrt(count + 1)
    return BlandAltman(
        at(0), deviation, at(-1.96), at(1.96), Interval(bias, bias - next_one, bias + next_one)
    )


def _without_each(values: Numbers) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation without each value."""
    rest = len(values) - 1
    if rest < 1:
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    means = (values.sum() - values) / rest
    if rest < 2:
        return means, np.full(len(values), np.nan)
    middle = values - values.mean()
    moved = -middle / rest  # how far the mean moves
    squares = (middle**2).sum() - middle**2 - rest * moved**2
    return means, np.sqrt(np.maximum(squares, 0) / (rest - 1))


def _disagreement(classes: int, weights: str) -> Numbers:
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(np.float64)
    if weights == "none":
        return (apart > 0).astype(np.float64)
    if weights not in WEIGHTS:
        raise ValueError(f"expected weights of {', '.join(WEIGHTS)}: found {weights!r}.")
    return apart if weights == "linear" else apart**2


def _icc(sums: Numbers) -> Numbers:
    """ICC(2,1) from n, Σx, Σy, Σx², Σy², Σxy; shape (m,)."""
    n, x, y, xx, yy, xy = sums.T
    grand = ratio(x + y, 2 * n)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (xx + yy + 2 * xy) / 2 - 2 * n * grand**2
        judges = (x**2 + y**2) / n - 2 * n * grand**2
        rest = xx + yy - 2 * n * grand**2 - between - judges
        # Rounding leaves a trace of each where there is none.
        between, judges, rest = (
            np.where(part < 1e-12, 0, part) for part in (between, judges, rest)
        )
        rows, columns, error = between / (n - 1), judges, rest / (n - 1)
    found: Numbers = ratio(rows - error, rows + error + 2 * (columns - error) / n)
    return found
