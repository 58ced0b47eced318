"""How often an interval holds the truth, beside the interval.

`REACHED` is measured (`python -m benchmarks.coverage`; docs/coverage.md) on three populations; the
lowest of them counts. What reaches less than 93 % says so, and below 80 % no interval is given; nor
from fewer patients than were ever simulated, where nobody knows how often it would hold.
"""

import math

from idc_core.metrics.coverage_reached import PATIENTS, REACHED
from idc_core.metrics.leave_one_out import Interval

SAID_BELOW = 93
GIVEN_FROM = 80


def reached(figure: str, patients: int) -> int | None:
    """In how many of 100 sets of so many patients the figure's interval holds the truth; None for a
    figure that was not measured, or has no interval from so few.

    Between two measured numbers of patients the lower counts, beyond them the nearest.

    >>> reached("nothing known of it", 39) is None
    True
    """
    measured = REACHED.get(figure)
    if measured is None:
        return None
    above = next((at for at, n in enumerate(PATIENTS) if n >= patients), len(PATIENTS) - 1)
    below = above if PATIENTS[above] <= patients else max(above - 1, 0)
    some = [each for each in (measured[below], measured[above]) if each is not None]
    return min(some) if len(some) == 2 else None


def note(figure: str, patients: int) -> str:
    """What to say beside the figure's interval; nothing where it holds what it promises."""
    if patients < PATIENTS[0]:
        return f"no interval: how often it holds was not measured below {PATIENTS[0]} patients"
    share = reached(figure, patients)
    if share is None or share >= SAID_BELOW:
        return ""
    if share < GIVEN_FROM:
        return f"no interval: from so few patients it would hold in {share} % of sets only"
    return f"interval holds about {share} % with so few patients"


def limited(figure: str, found: Interval, patients: int) -> Interval:
    """The figure without its interval where that holds in less than 80 % of sets, or where that was
    not measured from so few patients."""
    share = reached(figure, patients)
    if patients < PATIENTS[0] or (share is not None and share < GIVEN_FROM):
        return Interval(found.value, math.nan, math.nan)
    return found
