"""The highest threshold that finds a share of the IDC even at the lower end of its 95 % interval.

With validation patients who might have been others, a threshold that finds 90 % there finds less
than that in about every second other set. Here the printed interval's lower end must reach it.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife

CountsAt = Callable[[float], npt.NDArray[np.int64]]
"""Counts a patient at a threshold, shape (patients, 4): tn, fp, fn, tp."""

STEPS = 200
"""Thresholds that are looked at first; between the last that reaches the share and the next, which
does not, the search goes on by halves."""


def lower_limit(counts_at: CountsAt, threshold: float) -> float:
    """Lower end of the sensitivity's interval for new patients at a threshold."""
    counts = counts_at(threshold)
    return PatientJackknife(len(counts)).of_rates(counts, ("sensitivity",))["sensitivity"].low


def highest_reaching(ranked: Ranked, share: float, counts_at: CountsAt) -> tuple[float, float]:
    """The threshold and its lower limit: below `share` where none reaches it, then the nearest.

    `ranked` needs patches with IDC. A limit cannot lie above its figure, so only thresholds are
    asked that find the share in these patients.
    """
    found = len(ranked.positive) - np.arange(len(ranked.positive))
    # Compared as quotients, as the rates are.
    cuts = np.unique(ranked.positive[found / len(found) >= share]).astype(np.float64)
    steps = np.unique(np.linspace(0, len(cuts) - 1, STEPS).astype(np.int64))
    limits = np.array([lower_limit(counts_at, float(cuts[at])) for at in steps])
    good = np.flatnonzero(limits >= share)
    if not len(good):
        nearest = int(np.nanargmax(limits))
        return float(cuts[steps[nearest]]), float(limits[nearest])
    last = int(good[-1])
    low, limit = int(steps[last]), float(limits[last])
    high = int(steps[last + 1]) if last + 1 < len(steps) else low + 1
    while high - low > 1:
        middle = (low + high) // 2
        asked = lower_limit(counts_at, float(cuts[middle]))
        low, high, limit = (middle, high, asked) if asked >= share else (low, middle, limit)
    return float(cuts[low]), limit
