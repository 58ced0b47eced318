"""The figures of `uncertainty` at many thresholds at once: the same formulas on whole columns.

Counts have the shape (4, patients, thresholds): tn, fp, fn, tp.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from idc_core.metrics.catalogue import METRICS, RATES, rate_of
from idc_core.metrics.catalogue.record import FN, FP, TN, TP
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import SIGNED_UNIT, UNIT, Interval, Numbers, effective, limits
from idc_core.metrics.parts import widened


@dataclass(frozen=True, slots=True)
class Along:
    """A figure with its ends at each threshold, shape (thresholds,); `nan` where not defined."""

    value: Numbers
    low: Numbers
    high: Numbers

    def at(self, index: int) -> Interval:
        """The figure at one threshold."""
        return Interval(float(self.value[index]), float(self.low[index]), float(self.high[index]))


def rates(counts: Numbers) -> dict[str, Along]:
    """Every rate of `RATES` over all patches, as `PatientJackknife.of_rates` at each threshold."""
    total = counts.sum(axis=1)
    without = total[:, None] - counts
    own = {name: _rate(name, counts, total, without) for name in RATES}
    return {name: _as_sure_as_its_parts(name, found, own, total) for name, found in own.items()}


def _rate(name: str, counts: Numbers, total: Numbers, without: Numbers) -> Along:
    rate = rate_of(name)
    value = rate.of(*total)
    groups = [effective(counts[list(group)].sum(axis=0)) for group in rate.rests_on]
    patients = np.min(groups, axis=0)
    return Along(value, *limits(value, rate.of(*without), METRICS[name].bounds, patients))


def _as_sure_as_its_parts(
    name: str, found: Along, own: Mapping[str, Along], total: Numbers
) -> Along:
    whole = rate_of(name).made_of
    if whole is None:
        return found
    low, high = found.low.copy(), found.high.copy()
    for index in _at_bounds([own[part].value for part in whole.parts]):
        parts = {part: own[part].at(index) for part in whole.parts}
        wider = widened(whole, found.at(index), parts, total[:, index][None], METRICS[name].bounds)
        low[index], high[index] = wider.low, wider.high
    return Along(found.value, low, high)


def _at_bounds(parts: Iterable[Numbers]) -> list[int]:
    """Where a part may lie on a bound; `widened` decides."""
    near = np.any([(part < 1e-9) | (part > 1 - 1e-9) for part in parts], axis=0)
    return [int(index) for index in np.flatnonzero(near)]


def mean(own: Numbers) -> Along:
    """Mean over the patients that have a rate, as `PatientJackknife.of_mean` at each threshold.

    `own` holds a rate a patient, (patients, thresholds), `nan` where it is not defined.
    """
    there = np.isfinite(own)
    count, rated = there.sum(axis=0), np.where(there, own, 0)
    total = rated.sum(axis=0)
    value = ratio(total, count)
    left = ratio(total - rated, np.broadcast_to(count - 1, own.shape))
    patients = np.maximum(count, 1).astype(np.float64)
    low, high = limits(value, left, UNIT, patients, there)
    signed = (rated < 0).any(axis=0)
    if signed.any():
        wider = limits(value, left, SIGNED_UNIT, patients, there)
        low, high = np.where(signed, wider[0], low), np.where(signed, wider[1], high)
    return Along(value, low, high)


def median(own: Numbers) -> Numbers:
    """Median over the patients that have a rate; `nan` where none has it."""
    ordered = np.sort(own.T, axis=1)  # nan last
    count = np.isfinite(own).sum(axis=0)
    last, at = len(own) - 1, np.arange(len(ordered))
    below = ordered[at, np.clip((count - 1) // 2, 0, last)]
    above = ordered[at, np.clip(count // 2, 0, last)]
    found: Numbers = np.where(count > 0, (below + above) / 2, np.nan)
    return found


def lowest(own: Numbers) -> tuple[Numbers, "np.ndarray"]:
    """Lowest rate of a patient and the first patient that has it; `nan` where none has it."""
    known = np.where(np.isfinite(own), own, np.inf)
    at = known.argmin(axis=0)
    return own[at, np.arange(own.shape[1])], at


def benefit(counts: Numbers, chance: Numbers) -> tuple[Along, Along]:
    """Net benefit over treating none and over treating all, as `clinic.benefit` at each threshold.

    `chance`: each threshold read as a probability, above 0 and below 1.
    """
    odds = chance / (1 - chance)
    missed = _difference(counts, FN, TN, odds)
    return _difference(counts, TP, FP, odds), Along(-missed.value, -missed.high, -missed.low)


def _difference(counts: Numbers, plus: int, minus: int, weight: Numbers) -> Along:
    """As `joint.difference` at each threshold."""
    sizes = counts.sum(axis=0)
    patients = float(effective(sizes[:, 0]))
    a, a_left, a_low, a_high = _share(counts[plus], sizes, patients)
    b, b_left, b_low, b_high = _share(counts[minus], sizes, patients)
    together = _correlation(a_left, b_left)
    middle = a - weight * b
    down = _reach(a - a_low, weight * (b_high - b), together)
    up = _reach(a_high - a, weight * (b - b_low), together)
    return Along(middle, middle - down, middle + up)


def _share(
    part: Numbers, sizes: Numbers, patients: float
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """A share of all patches, without each patient, and its ends."""
    whole, total = sizes.sum(axis=0), part.sum(axis=0)
    value, left = ratio(total, whole), ratio(total - part, whole - sizes)
    low, high = limits(value, left, UNIT, patients)
    return value, left, low, high


def _correlation(a: Numbers, b: Numbers) -> Numbers:
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    spread = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    some = spread > 0
    found: Numbers = np.where(some, (a * b).sum(axis=0) / np.where(some, spread, 1), 0)
    return found


def _reach(a: Numbers, b: Numbers, together: Numbers) -> Numbers:
    found: Numbers = np.sqrt(np.maximum(a**2 - 2 * together * a * b + b**2, 0))
    return found
