"""Which pixels of a raster lie in an area: those whose middle does.

Every edge is crossed row by row at the middle of its pixels; between a first and a second crossing
lies the inside. An area whose edges run along the edges of pixels is met exactly.
"""

import numpy as np
import numpy.typing as npt
import shapely

from idc_core.annotations.region import Shape

Flags = npt.NDArray[np.bool_]


def filled(shape: Shape, columns: int, rows: int) -> tuple[slice, slice, Flags]:
    """The rows and columns around the area, and which of their pixels lie in it; coordinates are
    pixels of a raster of `columns` × `rows`, what reaches beyond is left out.

    >>> from shapely import box
    >>> filled(box(1, 0, 3, 1), 4, 2)
    (slice(0, 1, None), slice(1, 3, None), array([[ True,  True]]))
    """
    left, top, right, bottom = shape.bounds
    first, last = _within(left, right, columns)
    above, below = _within(top, bottom, rows)
    high, wide = max(below - above, 0), max(last - first, 0)
    row, x = _crossings(shape, above, above + high)
    column = np.clip(np.ceil(x - 0.5).astype(np.int64) - first, 0, wide)
    turns = np.bincount((row - above) * (wide + 1) + column, minlength=high * (wide + 1))
    inside = np.cumsum(turns.reshape(high, wide + 1), axis=1)[:, :-1] % 2 == 1
    return slice(above, above + high), slice(first, first + wide), inside


def _within(low: float, high: float, count: int) -> tuple[int, int]:
    """The first pixel whose middle lies at `low` or after it, and the first at `high` or after."""
    begin, end = np.ceil(np.array((low, high)) - 0.5)
    return int(np.clip(begin, 0, count)), int(np.clip(end, 0, count))


def _crossings(
    shape: Shape, above: int, below: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The rows whose middle an edge crosses, each with the x of the crossing."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    upper = np.clip(np.ceil(np.minimum(start[:, 1], end[:, 1]) - 0.5), above, below)
    lower = np.clip(np.ceil(np.maximum(start[:, 1], end[:, 1]) - 0.5), above, below)
    count = (lower - upper).astype(np.int64)
    edge = np.repeat(np.arange(len(start)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = upper.astype(np.int64)[edge] + within
    (x0, y0), (x1, y1) = start[edge].T, end[edge].T
    return row, x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
