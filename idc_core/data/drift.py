"""Do the sides of a split look alike? Each image property by split, with patients as the unit.

Patches of one patient are alike, so that thousands of patches prove little: a property's mean per
patient is compared. Many properties are looked at, so a difference is called clear only where it is
shown when all are judged together (`simultaneous`): of alike sides at most 5 % have a clear one.
The difference is given in standard deviations between patients of the training side (Cohen's d),
with the interval of Welch's t over patients; the distance between the two distributions of patches
is the Kolmogorov-Smirnov statistic (0: the same, 1: apart).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from idc_core.metrics.leave_one_out import t_quantile
from idc_core.metrics.simultaneous import shared_level

Numbers = npt.NDArray[np.float64]

REFERENCE = "train"
CLEAR = 0.5
"""Standard deviations between patients; from here on a side is said to look different."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One property of one side against the training side."""

    measure: str
    split: str
    patients: int
    mean: float
    reference: float
    apart: float
    low: float
    high: float
    distance: float
    shown: bool = False
    """Whether it differs from nothing, judged together with all other properties and sides."""

    @property
    def is_clear(self) -> bool:
        """Apart by at least `CLEAR` and shown not to be by nothing."""
        return abs(self.apart) >= CLEAR and self.shown


def drifts(table: pd.DataFrame, measures: Sequence[str]) -> list[Drift]:
    """Every measure of every other side; `table` has patient, split and the measures.

    Sides with fewer than two patients are left out: nothing can be said of them.
    """
    per_patient = table.groupby(["split", "patient"], observed=True)[list(measures)].mean()
    sides = [name for name in ("validation", "test") if (table["split"] == name).any()]
    found, moved, freedom = [], [], []
    for measure in measures:
        ours = _of(per_patient, REFERENCE, measure)
        if len(ours) < 2:
            return []
        for side in sides:
            theirs = _of(per_patient, side, measure)
            if len(theirs) >= 2:
                distance = ks(
                    *(table.loc[table["split"] == s, measure].to_numpy() for s in (REFERENCE, side))
                )
                found.append(_drift(measure, side, ours, theirs, distance))
                freedom.append(_freedom(ours, theirs))
                moved.append(_moved(per_patient, side, measure))
    return _judged(found, moved, freedom)


def _moved(per_patient: pd.DataFrame, side: str, measure: str) -> Numbers:
    """How each patient of any side moves the difference of the means."""
    split = per_patient.index.get_level_values("split").to_numpy()
    values = per_patient[measure].to_numpy(np.float64)
    moved = np.zeros(len(values))
    for name, sign in ((side, 1.0), (REFERENCE, -1.0)):
        own = split == name
        count = int(own.sum())
        moved[own] = sign * (values[own] - values[own].mean()) / math.sqrt(count * (count - 1))
    return moved


def _judged(found: list[Drift], moved: list[Numbers], freedom: list[float]) -> list[Drift]:
    """Those shown to differ when all are judged together."""
    vary = [bool(each.any()) for each in moved]
    if not any(vary):
        return found
    level = shared_level(np.stack([m for m, some in zip(moved, vary, strict=True) if some], axis=1))
    judged = []
    for each, degrees, some in zip(found, freedom, vary, strict=True):
        # The interval was made for one look: as many times wider as one at the shared level is.
        wider = float(stats.t.ppf(1 - level / 2, degrees) / stats.t.ppf(0.975, degrees))
        shown = some and abs(each.apart) > wider * (each.high - each.low) / 2
        judged.append(replace(each, shown=shown))
    return judged


def _freedom(ours: Numbers, theirs: Numbers) -> float:
    """Welch's degrees of freedom; `nan` where neither side varies."""
    squared = [each.var(ddof=1) / len(each) for each in (ours, theirs)]
    parts = [v * v / (len(e) - 1) for v, e in zip(squared, (ours, theirs), strict=True)]
    return float(sum(squared) ** 2 / sum(parts)) if sum(parts) > 0 else math.nan


def ks(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Greatest distance between two empirical distributions (Kolmogorov-Smirnov).

    >>> ks([1, 2], [3, 4]), ks([1, 2], [1, 2])
    (1.0, 0.0)
    """
    a, b = np.sort(np.asarray(one, np.float64)), np.sort(np.asarray(other, np.float64))
    at = np.concatenate([a, b])
    below_a = np.searchsorted(a, at, side="right") / len(a)
    below_b = np.searchsorted(b, at, side="right") / len(b)
    return float(np.abs(below_a - below_b).max())


def _of(per_patient: pd.DataFrame, side: str, measure: str) -> Numbers:
    if side not in per_patient.index.get_level_values("split"):
        return np.empty(0)
    return per_patient.loc[side][measure].to_numpy(np.float64)


def _drift(measure: str, side: str, ours: Numbers, theirs: Numbers, distance: float) -> Drift:
    spread = float(ours.std(ddof=1))
    squared = [each.var(ddof=1) / len(each) for each in (ours, theirs)]
    error = float(np.sqrt(sum(squared)))
    apart = float(theirs.mean() - ours.mean())
    unit = spread or 1.0
    reach = 0.0
    if error > 0:
        reach = t_quantile(_freedom(ours, theirs)) * error
    return Drift(
        measure, side, len(theirs), float(theirs.mean()), float(ours.mean()),
        apart / unit, (apart - reach) / unit, (apart + reach) / unit, distance,
    )
