"""How far a curve would move if other patients had come.

Pointwise 95 % percentile bands from resampling patients: each resample has a curve of its own, read
at fixed places across (vertical averaging; Fawcett 2006, 10.1016/j.patrec.2005.10.010).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import precision, ratio
from idc_core.metrics.uncertainty import PatientBootstrap

Numbers = npt.NDArray[np.float64]
CountsAt = Callable[[float], npt.NDArray[np.int64]]

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


def bands(counts_at: CountsAt, thresholds: Numbers, bootstrap: PatientBootstrap) -> Bands:
    """Bands from counts a patient, shape (patients, 4), at falling thresholds."""
    few = thresholds
    if len(few) > MOST_THRESHOLDS:
        few = few[np.linspace(0, len(few) - 1, MOST_THRESHOLDS).astype(int)]
    at = np.stack([counts_at(float(threshold)) for threshold in few], axis=2)
    tn, fp, fn, tp = (bootstrap.sums(at[:, column].astype(np.float64)) for column in range(4))
    found, alarms = ratio(tp, tp + fn), ratio(fp, fp + tn)
    return Bands(_band(alarms, found), _band(found, precision(tn, fp, fn, tp)))


def _band(across: Numbers, up: Numbers) -> Band:
    """`across` and `up` hold a curve a row, `across` rising."""
    places = np.linspace(0, 1, PLACES)
    read = np.full((len(up), PLACES), np.nan)
    for row, (x, y) in enumerate(zip(across, up, strict=True)):
        known = np.isfinite(x) & np.isfinite(y)
        if known.any():
            read[row] = np.interp(places, x[known], y[known])
    defined = np.isfinite(read).any(axis=1)
    if not defined.any():
        return Band(places, np.full(PLACES, np.nan), np.full(PLACES, np.nan))
    low, high = np.percentile(read[defined], [2.5, 97.5], axis=0)
    return Band(places, low, high)
