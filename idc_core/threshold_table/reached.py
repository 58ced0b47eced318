"""How many patches of each patient reach each threshold of a grid, for all thresholds at once."""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.curves import Numbers
from idc_core.metrics.sorted_scores import Segments
from idc_core.runs.patient_counts import PatientCounts

Reached = npt.NDArray[np.int32]

_CELLS = 4_000_000
"""Cells that are counted at a time: 32 MB."""


def reached(patients: PatientCounts, grid: Numbers) -> tuple[Reached, Reached]:
    """Patches with a score of at least each threshold, (patients, thresholds): of those with IDC,
    and of the others. As `PatientCounts.at` counts them."""
    return _of(patients.idc, grid), _of(patients.others, grid)


def _of(segments: Segments, grid: Numbers) -> Reached:
    owners, width = len(segments.starts) - 1, len(grid) + 1
    found = np.zeros((owners, len(grid)), dtype=np.int32)
    many = max(1, _CELLS // width)
    for first in range(0, owners, many):
        last = min(first + many, owners)
        starts = segments.starts[first : last + 1]
        # As doubles: a single-precision score reaches the thresholds that its own value does.
        scores = segments.scores[starts[0] : starts[-1]].astype(np.float64, copy=False)
        highest = np.searchsorted(grid, scores, side="right")
        highest += np.repeat(np.arange(last - first) * width, np.diff(starts))
        cells = np.bincount(highest, minlength=(last - first) * width).reshape(-1, width)
        found[first:last] = cells[:, :0:-1].cumsum(axis=1)[:, ::-1]
    return found
