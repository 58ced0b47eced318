"""The share of each square of a grid that a shape covers: exact, for all squares at once.

Green's theorem, square by square, as font renderers fill letters (FreeType's ftgrays.c): an outline
is cut where it crosses the lines of the grid; a piece that climbs by dy at a mean x covers dy of
the height of every square to one side, and its own square partly. The cost grows with the points
and crossings of the outline, not with the squares.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from idc_core.annotations.region import Shape
from idc_core.io.refusal import Refusal

Shares = npt.NDArray[np.float64]
"""0 to 1, shape (rows, columns)."""

Floats = npt.NDArray[np.float64]

TOUCH = 1e-9
"""A smaller share is rounding and counts as none; one that misses 1 by less counts as whole."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces of outline, shape (n,) each: ends, in the order in which they are drawn."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats


def shares(
    shape: Shape,
    columns: int,
    rows: int,
    side: float,
    left: float = 0.0,
    top: float = 0.0,
    stride: float | None = None,
) -> Shares:
    """Share of the area of square (row, column) that `shape` covers, shape (rows, columns).

    Squares have `side`, the first its corner at (`left`, `top`), the next `stride` farther (`side`
    unless given: side by side), all in the unit of the shape.

    >>> from shapely import box
    >>> shares(box(5, 0, 20, 10), columns=3, rows=1, side=10).tolist()
    [[0.5, 1.0, 0.0]]
    """
    step = side if stride is None else stride
    if not (columns > 0 and rows > 0 and side > 0 and step > 0):
        raise Refusal(
            f"expected a grid of at least one square with a side and stride above 0: found "
            f"{columns} × {rows} of {side:g} every {step:g}."
        )
    if shape.is_empty:
        return np.zeros((rows, columns))
    if step == side:
        x, y = (_lines(start, side, n) for start, n in ((left, columns), (top, rows)))
        covered = _covered(shape, x, y)
    else:
        covered = _covered_apart(shape, columns, rows, side, step, left, top)
    found: Shares = covered / side**2
    found[found < TOUCH] = 0.0
    found[found > 1 - TOUCH] = 1.0
    return found


def _lines(start: float, step: float, count: int) -> Floats:
    return np.asarray(start + step * np.arange(count + 1), np.float64)


def _covered_apart(
    shape: Shape, columns: int, rows: int, side: float, step: float, left: float, top: float
) -> Floats:
    """Areas of squares that overlap or lie apart: of the cells between all their edges, summed."""
    x, across = _edges(columns, side, step, left)
    y, down = _edges(rows, side, step, top)
    sums = np.zeros((len(y), len(x)))
    sums[1:, 1:] = _covered(shape, x, y).cumsum(axis=0).cumsum(axis=1)
    (west, east), (north, south) = across, down
    found: Floats = (
        sums[np.ix_(south, east)]
        - sums[np.ix_(north, east)]
        - sums[np.ix_(south, west)]
        + sums[np.ix_(north, west)]
    )
    return found


def _edges(
    count: int, side: float, step: float, start: float
) -> tuple[Floats, tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Every edge once, ascending, and where the first and the last of each square stand in it."""
    first = start + step * np.arange(count)
    last = first + side
    lines = np.unique(np.concatenate([first, last]))
    return lines, (np.searchsorted(lines, first), np.searchsorted(lines, last))


def _covered(shape: Shape, x: Floats, y: Floats) -> Floats:
    """Area within each cell between neighbouring lines `x` and `y` (ascending), shape
    (len(y) - 1, len(x) - 1)."""
    rows, columns = len(y) - 1, len(x) - 1
    pieces = _cut(_cut(_outline(shape), y, level=True), x, level=False)
    climbs = pieces.y1 - pieces.y0
    middle_x, middle_y = (pieces.x0 + pieces.x1) / 2, (pieces.y0 + pieces.y1) / 2
    row = np.searchsorted(y, middle_y, side="right") - 1
    column = np.searchsorted(x, middle_x, side="right") - 1
    # Beyond the right rim a piece covers whole rows; beyond the others nothing.
    counts = (climbs != 0) & (row >= 0) & (row < rows) & (column >= 0)
    row, climbs, middle_x = row[counts], climbs[counts], middle_x[counts]
    column = np.minimum(column[counts], columns)
    at = row * (columns + 1) + column
    size = rows * (columns + 1)
    climbed = np.bincount(at, climbs, size).reshape(rows, columns + 1)
    own = np.bincount(at, climbs * (middle_x - x[column]), size).reshape(rows, columns + 1)
    beyond = climbed[:, ::-1].cumsum(axis=1)[:, ::-1]
    found: Floats = own[:, :columns] + beyond[:, 1:] * np.diff(x)
    return found


def _outline(shape: Shape) -> _Pieces:
    """All edges, the inside of the shape on the same hand, so that holes count against it."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
    points, owner = shapely.get_coordinates(rings, return_index=True)
    same = owner[1:] == owner[:-1]
    start, end = points[:-1][same], points[1:][same]
    return _Pieces(start[:, 0], start[:, 1], end[:, 0], end[:, 1])


def _cut(pieces: _Pieces, lines: Floats, *, level: bool) -> _Pieces:
    """The pieces cut wherever they cross one of `lines`: level ones (y = …) or upright ones."""
    from_, to = (pieces.y0, pieces.y1) if level else (pieces.x0, pieces.x1)
    low, high = np.minimum(from_, to), np.maximum(from_, to)
    first = np.searchsorted(lines, low, side="right")
    crossings = np.maximum(np.searchsorted(lines, high, side="left") - first, 0)
    count = crossings + 1
    owner = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    # Cuts are met in the direction of the piece: from the lowest line upwards, or back.
    upwards = (to >= from_)[owner]
    last_cut = (crossings - 1)[owner]
    after = np.where(upwards, place, last_cut - place)
    before = np.where(upwards, place - 1, last_cut - place + 1)
    starts, ends = place == 0, place == crossings[owner]
    x0, y0, x1, y1 = (side[owner] for side in (pieces.x0, pieces.y0, pieces.x1, pieces.y1))
    first_of = first[owner]
    end_line = lines[np.where(ends, 0, first_of + after)]
    start_line = lines[np.where(starts, 0, first_of + before)]
    if level:
        return _Pieces(
            np.where(starts, x0, _across(start_line, y0, y1, x0, x1)),
            np.where(starts, y0, start_line),
            np.where(ends, x1, _across(end_line, y0, y1, x0, x1)),
            np.where(ends, y1, end_line),
        )
    return _Pieces(
        np.where(starts, x0, start_line),
        np.where(starts, y0, _across(start_line, x0, x1, y0, y1)),
        np.where(ends, x1, end_line),
        np.where(ends, y1, _across(end_line, x0, x1, y0, y1)),
    )


def _across(line: Floats, from_: Floats, to: Floats, start: Floats, end: Floats) -> Floats:
    """The other coordinate where a piece meets a line; what stands where none does is not used."""
    length = to - from_
    # A piece that meets none may be so short that the share is beyond any number.
    with np.errstate(over="ignore", invalid="ignore"):
        share = np.divide(line - from_, length, out=np.zeros_like(length), where=length != 0)
        found: Floats = start + share * (end - start)
    return found
