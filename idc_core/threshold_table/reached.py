"""How many patches of each patient reach each threshold of a grid, for all thresholds at once."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.io.mapped import let_go, made
from idc_core.metrics.curves import Numbers
from idc_core.metrics.sorted_scores import Segments
from idc_core.runs.patient_counts import Counted

Reached = npt.NDArray[np.int32]

_AT_ONCE = 64

_CELLS = 4_000_000
"""Cells that are counted at a time: 32 MB."""


def reached(patients: Counted, grid: Numbers, room: Path | None = None) -> tuple[Reached, Reached]:
    """Patches with a score of at least each threshold, (patients, thresholds): of those with IDC,
    and of the others. As `Counted.at` counts them.

    `room`: a folder for them where they are not to lie in memory.
    """
    return (
        _of(patients.idc, grid, None if room is None else room / "idc.reached"),
        _of(patients.others, grid, None if room is None else room / "others.reached"),
    )


def totals(found: Reached) -> npt.NDArray[np.int64]:
    """Patches of all patients at each threshold."""
    summed = np.zeros(found.shape[1], np.int64)
    for first in range(0, len(summed), _AT_ONCE):
        part = found[:, first : first + _AT_ONCE]
        summed[first : first + _AT_ONCE] = part.sum(axis=0, dtype=np.int64)
        let_go(found)
    return summed


def _of(segments: Segments, grid: Numbers, file: Path | None) -> Reached:
    owners, width = len(segments.starts) - 1, len(grid) + 1
    shape = owners, len(grid)
    found = np.zeros(shape, np.int32) if file is None else made(file, np.int32, shape)
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
        let_go(segments.scores)
        let_go(found)
    return found
