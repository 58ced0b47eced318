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
from idc_core.metrics.leave_one_out import CORRELATION, Interval, Numbers, t_quantile
from idc_core.metrics.uncertainty import PatientBootstrap

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
    """Kappa of the pooled table with its interval; `per_patient` has shape (patients, k, k)."""
    tables = np.asarray(per_patient, np.float64)
    if not len(tables):
        return Interval(math.nan, math.nan, math.nan)
    classes = tables.shape[-1]
    return PatientBootstrap(len(tables)).of_sums(
        lambda sums: kappa(sums.reshape(-1, classes, classes), weights),
        tables.reshape(len(tables), -1), CORRELATION,
    )  # fmt: skip


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

    A constant offset between the judges lowers it; a mere correlation would not.
    """
    x, y = (np.asarray(each, np.float64) for each in (one, other))
    if len(x) < 2:
        return Interval(math.nan, math.nan, math.nan)
    # Around the middle, so that sums of squares lose no digits.
    middle = (x.mean() + y.mean()) / 2
    x, y = x - middle, y - middle
    sums = np.stack([np.ones_like(x), x, y, x**2, y**2, x * y], axis=1)
    return PatientBootstrap(len(x)).of_sums(_icc, sums, CORRELATION)


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Mean difference (`bias`, other - one), standard deviation, and the limits between which 95 %
    of the differences lie, each with its own interval."""

    bias: Interval
    deviation: float
    lower: Interval
    upper: Interval


def bland_altman(one: npt.ArrayLike, other: npt.ArrayLike) -> BlandAltman:
    """Limits of agreement, `bias ± 1.96 sd`, one pair a patient (Bland & Altman 1986,
    10.1016/S0140-6736(86)90837-8); standard errors `sd / √n` of the bias and `sd √(3 / n)` of a
    limit, with Student's t of n - 1."""
    difference = np.asarray(other, np.float64) - np.asarray(one, np.float64)
    count = len(difference)
    bias = float(difference.mean()) if count else math.nan
    deviation = float(difference.std(ddof=1)) if count > 1 else math.nan
    t = t_quantile(count - 1)
    error = deviation / math.sqrt(count) if count else math.nan

    def at(value: float, scale: float) -> Interval:
        return Interval(value, value - t * error * scale, value + t * error * scale)

    return BlandAltman(
        at(bias, 1), deviation, at(bias - 1.96 * deviation, math.sqrt(3)),
        at(bias + 1.96 * deviation, math.sqrt(3)),
    )  # fmt: skip


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
