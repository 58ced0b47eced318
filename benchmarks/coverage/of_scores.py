"""Figures that read all scores: areas, bands, workload, calibration; as the library makes them."""

from functools import lru_cache

import numpy as np

from benchmarks.coverage.at_a_threshold import jackknife
from benchmarks.coverage.populations import BINS, SCORES, Numbers, Patients
from idc_core.metrics import calibration_fit, workload
from idc_core.metrics.areas import of_pairs
from idc_core.metrics.bands import Bands, bands
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import UNIT, Interval, effective, jackknife_interval

ALARMS, WORK, FOUND = 0.1, 0.9, 0.8

_once = lru_cache(maxsize=1)  # several figures of one set come from one computation


def roc_auc(patients: Patients) -> Interval:
    """Area under the ROC curve, from pairs won and lost by each patient, as from patches."""
    idc, rest = patients.idc, patients.rest
    all_idc, all_rest = idc.sum(axis=0), rest.sum(axis=0)
    won = idc @ (np.cumsum(all_rest) - all_rest / 2)
    lost = rest @ (all_idc.sum() - np.cumsum(all_idc) + all_idc / 2)
    own = (idc * (np.cumsum(rest, axis=1) - rest / 2)).sum(axis=1)
    classes = idc.sum(axis=1), rest.sum(axis=1)
    found = of_pairs(won, lost, own, *classes)
    few = min(float(effective(each)) for each in classes)
    return jackknife_interval(found.value, found.left_out, UNIT, few)


def average_precision(patients: Patients) -> Interval:
    """Area under precision over sensitivity."""
    return jackknife(patients).of_sums(_average_precision, patients.bins, UNIT)


def brier(patients: Patients) -> Interval:
    """Mean squared distance of score and label."""
    return jackknife(patients).of_sums(
        lambda sums: ratio(sums[:, 0], sums[:, 1]), _squared(patients), UNIT
    )


def found_at(patients: Patients) -> Interval:
    """The band of the ROC curve at one share of false alarms."""
    band = _bands(patients).roc
    at = int(np.argmin(np.abs(band.across - ALARMS)))
    return Interval(value_found_at(patients), float(band.low[at]), float(band.high[at]))


@_once
def _bands(patients: Patients) -> Bands:
    cuts = np.arange(BINS, -1, -1).astype(float)
    return bands(lambda cut: patients.at(int(cut)), cuts)


def precision_at(patients: Patients) -> Interval:
    """The band of precision at a sensitivity of 0.8."""
    band = _bands(patients).pr
    at = int(np.argmin(np.abs(band.across - 0.8)))
    return Interval(value_precision_at(patients), float(band.low[at]), float(band.high[at]))


def reviewed(patients: Patients) -> Interval:
    """Share of patches to look at to find 90 % of the IDC."""
    counts = np.stack([patients.at(cut) for cut in range(BINS, -1, -1)])
    value = value_reviewed(patients)
    return workload.interval(workload.Work(0.0, value, WORK), counts, WORK)


def calibration(name: str, patients: Patients) -> Interval:
    """A figure of calibration."""
    found: Interval = getattr(_fitted(patients), name)
    return found


@_once
def _fitted(patients: Patients) -> calibration_fit.Fitted:
    logits = np.log(SCORES / (1 - SCORES))
    both = patients.idc + patients.rest
    gathered = calibration_fit.Gathered(
        logits, both, patients.idc.sum(axis=1), patients.idc @ logits, both @ SCORES
    )
    return calibration_fit.figures([gathered])


def _squared(patients: Patients) -> Numbers:
    squares = patients.idc @ (SCORES - 1) ** 2 + patients.rest @ SCORES**2
    return np.stack([squares, patients.bins.sum(axis=1)], axis=1)


def _falling(bins: Numbers) -> tuple[Numbers, Numbers]:
    """IDC, and other patches called at each bin, the highest first."""
    idc, rest = np.split(bins, 2, axis=1)
    return np.cumsum(idc[:, ::-1], axis=1), np.cumsum(rest[:, ::-1], axis=1)


def _average_precision(bins: Numbers) -> Numbers:
    true, false = _falling(bins)
    gain = np.diff(true, axis=1, prepend=0)
    return ratio((gain * true / np.maximum(true + false, 1)).sum(axis=1), true[:, -1])


def value_found_at(patients: Patients) -> float:
    """Sensitivity where the share `ALARMS` of the others is called; `nan` without one class."""
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    if not true[-1] or not false[-1]:
        return float("nan")
    return float(np.interp(ALARMS, np.append(0, false) / false[-1], np.append(0, true) / true[-1]))


def value_reviewed(patients: Patients) -> float:
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    if not true[-1]:
        return float("nan")
    called = np.append(0, true + false) / (true[-1] + false[-1])
    return float(np.interp(WORK, np.append(0, true) / true[-1], called))


def value_precision_at(patients: Patients) -> float:
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    some = true > 0
    if not some.any():
        return float("nan")
    return float(np.interp(0.8, true[some] / true[-1], (true / np.maximum(true + false, 1))[some]))
