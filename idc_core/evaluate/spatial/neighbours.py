"""The 8 squares around each patch, for all slides at once."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import slide_numbers
from idc_core.records.raster import USUAL

NONE = -1
"""Where no patch was exported: missing, not negative."""

Neighbours = npt.NDArray[np.int32]
"""(n, 8): the row of the patch on each side, or `NONE`."""

_STEPS = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)


def neighbours_of(rows: pd.DataFrame, stride: int = USUAL.stride_px) -> Neighbours:
    """Which rows lie next to which: columns as in `places.place_of`, on a grid of `stride` pixels;
    slides do not touch.

    Of two rows at one place the first counts. Squares get numbers and are looked up in rising
    order, so that 277,524 patches take a fraction of a second.
    """
    found = np.full((len(rows), len(_STEPS)), NONE, np.int32)
    if not len(rows):
        return found
    owner, _ = slide_numbers(rows)
    column, row = (rows[name].to_numpy(np.int64) // stride for name in ("x", "y"))
    column, row = column - column.min() + 1, row - row.min() + 1
    wide, high = int(column.max()) + 2, int(row.max()) + 2
    square = (owner * high + row) * wide + column
    order = np.argsort(square, kind="stable")
    ordered = square[order]
    for at, (down, right) in enumerate(_STEPS):
        wanted = ordered + down * wide + right
        near = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        found[order, at] = np.where(ordered[near] == wanted, order[near], NONE)
    return found


def mean_of(neighbours: Neighbours, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The mean of the neighbours' `values` (n,); `nan` for a patch without a neighbour."""
    given = np.append(np.asarray(values, np.float64), 0.0)  # row `NONE` counts nothing
    many = (neighbours != NONE).sum(axis=1)
    total = given[neighbours].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(many, total / np.maximum(many, 1), np.nan)
