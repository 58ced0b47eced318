"""Looking at many figures at once without naming one that merely looks so.

Of twenty intervals one misses, so the weakest of many slices, or the bin of scores that is farthest
off, is often chance. Here all differences of one headline are judged together, so that where none
is real at most 5 % of headlines name one (single-step max-t; Hothorn, Bretz & Westfall 2008,
10.1002/bimj.200810425). How they go together comes from what each becomes without each patient:
their correlation says how large the largest of them gets by chance. Twenty copies of one slice cost
no more than one; twenty that share no patient cost as much as Bonferroni's correction.

The largest of normal numbers of that correlation gives the level at which each is judged; the
interval at that level is the one of `leave_one_out`, with each figure's own degrees of freedom.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy import stats

from idc_core.metrics.leave_one_out import (
    ROUNDING,
    Bounds,
    Numbers,
    ends,
    spread,
)

LEVEL = 0.05
_DRAWS = 4000
_SEED = 13


@dataclass(frozen=True, slots=True)
class Together:
    """Of k figures: ends that hold all truths at once in 95 % of sets, `nan` for one that cannot be
    judged; `level`, the share of sets in which each alone would miss; `below`, `above`: which are
    shown to lie below, above what they were held `against`."""

    low: Numbers
    high: Numbers
    level: float
    below: npt.NDArray[np.bool_]
    above: npt.NDArray[np.bool_]

    @property
    def judged(self) -> int:
        """How many could be judged."""
        return int(np.isfinite(self.low).sum())


def together(
    values: npt.ArrayLike,
    left_out: npt.ArrayLike,
    *,
    against: npt.ArrayLike = 0.0,
    within: Bounds | None = None,
    patients: npt.ArrayLike = 1.0,
    only_below: bool = False,
) -> Together:
    """Judge figures (k,) that come with what they are without each patient, (patients, k).

    A figure that is undefined, or is so without some patient, is not judged and costs the others
    nothing; nor is one that no patient moves, unless `within` and `patients` bound it, as in
    `leave_one_out.limits`. With `only_below`, nothing is said of what lies above, and more can be
    said of what lies below; the ends are then those of 90 %.
    """
    given = np.asarray(values, dtype=np.float64)
    left = np.asarray(left_out, dtype=np.float64)
    level, half = LEVEL * (1 + only_below), np.full(len(given), np.nan)
    if len(given) and len(left) > 1:
        with np.errstate(invalid="ignore"):
            error, freedom = spread(given, left)
        fit = np.isfinite(given) & np.isfinite(error) & (error > ROUNDING)
        if fit.any():
            influence = left[:, fit] - left[:, fit].mean(axis=0)
            level = shared_level(influence, one_sided=only_below)
            half[fit] = stats.t.ppf(1 - level / 2, freedom[fit]) * error[fit]
    z = NormalDist().inv_cdf(1 - level / 2)
    low, high = ends(given, half, within, patients, z)
    held = np.asarray(against, dtype=np.float64)
    above = np.zeros(len(given), dtype=np.bool_) if only_below else low > held
    return Together(low, high, level, high < held, above)


def shared_level(influence: Numbers, *, one_sided: bool = False) -> float:
    """The two-sided level at which each of k figures is judged, so that of all together 5 % miss.

    `influence`: how each patient moves each figure, (patients, k), columns around 0. `one_sided`:
    only what misses on one side counts, so that a single figure is judged at 10 %.

    >>> round(shared_level(np.tile([[1.0], [-1.0]], (5, 3))), 2)
    0.05
    """
    count, sides = influence.shape[1], 1 + one_sided
    if count == 1:
        return sides * LEVEL
    unit = influence / np.sqrt((influence**2).sum(axis=0))
    if len(unit) > count:
        # As many numbers as figures do, however many patients: the root of their correlations.
        values, vectors = np.linalg.eigh(unit.T @ unit)
        unit = (vectors * np.sqrt(values.clip(0))).T
    drawn = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(unit))) @ unit
    most = (drawn if one_sided else np.abs(drawn)).max(axis=1)
    level = 2 * NormalDist().cdf(-float(np.quantile(most, 1 - LEVEL)))
    # Noise of the draws must not pass what is known: no less than Bonferroni, no more than one.
    return float(min(max(level, sides * LEVEL / count), sides * LEVEL))
