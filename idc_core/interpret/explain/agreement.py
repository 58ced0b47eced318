"""Do two methods point at the same places? Rank correlation of their maps."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from idc_core.interpret.explain.evidence import Map, gathered

COMMON = 10
"""Cells a side on which maps are compared, whatever their own resolution."""


def rank_correlation(one: Map, other: Map) -> float:
    """Spearman's correlation of two signed maps on a common grid; NaN where one is flat."""
    first, second = (gathered(each, COMMON).ravel() for each in (one, other))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(stats.spearmanr(first, second).statistic)


def agreement(maps: Sequence[Map]) -> npt.NDArray[np.float64]:
    """Correlation of each with each, (n, n), ones on the diagonal (NaN for a flat map)."""
    found = np.full((len(maps), len(maps)), np.nan)
    for row, one in enumerate(maps):
        for column, other in enumerate(maps[: row + 1]):
            found[row, column] = found[column, row] = rank_correlation(one, other)
    return found
