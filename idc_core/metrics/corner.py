"""Do all scores lie in a corner of 0 to 1, as those of a rare class do?

There, even steps from 0 to 1 tell nothing apart: log odds do.
"""

import numpy as np

from idc_core.metrics.curves import Numbers, Ranked

NARROW = 0.1
"""Where all but one score in fifty, of each class, lie within this, ten steps of 0.01 are left."""

FAR = 745.0
"""Log odds beyond those of any double."""


def in_a_corner(ranked: Ranked) -> bool:
    """Whether the bulk of both classes lies closer together than `NARROW`.

    >>> in_a_corner(Ranked([0, 1], [1e-6, 2e-6])), in_a_corner(Ranked([0, 1], [0.2, 0.9]))
    (True, False)
    """
    ends = [
        float(scores[int(share * (len(scores) - 1))])
        for scores in (ranked.positive, ranked.negative)
        for share in (0.01, 0.99)
        if len(scores)
    ]
    return bool(ends) and 0 < max(ends) - min(ends) < NARROW


def log_odds(scores: Numbers) -> Numbers:
    """Log odds of scores, finite also at 0 and 1.

    >>> log_odds(np.array([0.0, 0.5, 1.0])).tolist()
    [-745.0, 0.0, 745.0]
    """
    with np.errstate(divide="ignore"):
        odds: Numbers = np.log(scores) - np.log1p(-scores)
    return np.clip(odds, -FAR, FAR)
