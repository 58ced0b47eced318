"""Do the splits look alike? Each image property by split, with patients as the unit.

Patches of one patient are alike, so that thousands of patches prove little: a property's mean per
patient is compared. Many properties are looked at, so a difference is called clear only where it is
shown when all are judged together (`simultaneous`): of splits that are alike, at most 5 % show a
clear difference. The difference is given in standard deviations between patients of the training
split (Cohen's d), with the interval of Welch's t over patients; the distance between the two
distributions of patches is the Kolmogorov-Smirnov statistic (0: the same, 1: apart).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from idc_core.metrics.simultaneous import shared_level

Numbers = npt.NDArray[np.float64]

REFERENCE = "train"
CLEAR = 0.5
"""Standard deviations between patients; from here on a split is said to differ."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One property of one split against the training split."""

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
    """Whether it differs from nothing, judged together with all other properties and splits."""

    @property
    def is_clear(self) -> bool:
        """Apart by at least `CLEAR` and shown not to be by nothing."""
        return abs(self.apart) >= CLEAR and self.shown


def drifts(table: pd.DataFrame, measures: Sequence[str]) -> list[Drift]:
    """Every measure of every other split; `table` has patient, split and the measures.

    Splits with fewer than two patients are left out: nothing can be said of them.
    """
    per_patient = table.groupby(["split", "patient"], observed=True)[list(measures)].mean()
    splits = [name for name in ("validation", "test") if (table["split"] == name).any()]
    ours = _of(per_patient, REFERENCE)
    if len(ours) < 2:
        return []
    found: dict[tuple[str, str], tuple[Drift, float]] = {}
    for split in splits:
        theirs = _of(per_patient, split)
        if len(theirs) >= 2:
            patches = [table[table["split"] == each] for each in (REFERENCE, split)]
            distances = [ks(*(each[measure] for each in patches)) for measure in measures]
            each_one = _welch(measures, split, ours, theirs, distances)
            found |= {(drift.measure, split): (drift, freedom) for drift, freedom in each_one}
    kept = [each for each in itertools.product(measures, splits) if each in found]
    moved = [_moved(per_patient, split, measure) for measure, split in kept]
    return _judged([found[each][0] for each in kept], moved, [found[each][1] for each in kept])


def _moved(per_patient: pd.DataFrame, split: str, measure: str) -> Numbers:
    """How each patient of any split moves the difference of the means."""
    of_patients = per_patient.index.get_level_values("split").to_numpy()
    values = per_patient[measure].to_numpy(np.float64)
    moved = np.zeros(len(values))
    for name, sign in ((split, 1.0), (REFERENCE, -1.0)):
        own = of_patients == name
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


def ks(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Greatest distance between two empirical distributions (Kolmogorov-Smirnov).

    >>> ks([1, 2], [3, 4]), ks([1, 2], [1, 2])
    (1.0, 0.0)
    """
    # Of thousands of patches of few patients no p-value is worth the waiting: "asymp" is quick.
    return float(stats.ks_2samp(one, other, method="asymp").statistic)


def _of(per_patient: pd.DataFrame, split: str) -> Numbers:
    """Means of the patients of a split, (patients, measures)."""
    own = per_patient.index.get_level_values("split") == split
    return per_patient[own].to_numpy(np.float64)


def _welch(
    measures: Sequence[str], split: str, ours: Numbers, theirs: Numbers, distances: Sequence[float]
) -> list[tuple[Drift, float]]:
    """Each measure, and Welch's degrees of freedom: `nan` where neither split varies."""
    reference, mean = ours.mean(axis=0), theirs.mean(axis=0)
    unit = np.where(ours.std(axis=0, ddof=1) > 0, ours.std(axis=0, ddof=1), 1.0)
    apart = mean - reference
    low, high, freedom = apart.copy(), apart.copy(), np.full(len(apart), np.nan)
    vary = (ours.std(axis=0) > 0) | (theirs.std(axis=0) > 0)
    if vary.any():
        welch = stats.ttest_ind(theirs[:, vary], ours[:, vary], equal_var=False)
        low[vary], high[vary] = welch.confidence_interval(0.95)
        freedom[vary] = welch.df
    columns = (mean, reference, apart / unit, low / unit, high / unit, np.array(distances))
    rows = np.stack(columns, axis=1).tolist()
    drifts = [Drift(m, split, len(theirs), *row) for m, row in zip(measures, rows, strict=True)]
    return list(zip(drifts, freedom.tolist(), strict=True))
