"""The thresholds of a table: even steps, and for scores in a corner of 0 to 1 finer ones there."""

from typing import Literal

import numpy as np

from idc_core.metrics.corner import in_a_corner, log_odds
from idc_core.metrics.curves import Numbers, Ranked

EVEN = np.arange(1001) / 1000
"""0, 0.001 … 1 as they are typed: 0.29 is the double 0.29."""

CURVE_POINTS, LOGIT_STEPS = 240, 360

Scale = Literal["even", "logit"]


def grid_of(ranked: Ranked) -> tuple[Numbers, Scale]:
    """Rising thresholds, at most 1,601, and the scale on which they are to be moved along.

    On the log-odds scale the curve's own thresholds are among them, as the bar has them.
    """
    if not in_a_corner(ranked):
        return EVEN, "even"
    curve = ranked.points(CURVE_POINTS).thresholds
    own = curve[(curve >= 0) & (curve <= 1)]
    return np.unique(np.concatenate([EVEN, own, _between(own)])), "logit"


def _between(own: Numbers) -> Numbers:
    """Even steps in log odds from the lowest to the highest score that has any."""
    inside = own[(own > 0) & (own < 1)]
    if not len(inside):
        return inside
    ends = log_odds(inside[[0, -1]])
    steps = np.linspace(ends.min(), ends.max(), LOGIT_STEPS)
    with np.errstate(over="ignore"):
        found: Numbers = 1 / (1 + np.exp(-steps))
    # Next to 1 log odds are finer than doubles.
    return found[(found > 0) & (found < 1)]
