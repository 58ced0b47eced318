"""A raster of labels to areas whose edges run along the edges of its pixels.

Each pixel edge between inside and outside has a direction, the inside on its right hand (y grows
downwards): → above a pixel, ↓ right of it, ← below, ↑ left. Edges are joined to straight pieces,
pieces to rings, rings of one connected area to a polygon.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from idc_core.annotations.region import Shape
from idc_core.io.refusal import Refusal

MOST_PIECES = 4_000_000
"""Straight pieces of outline; a photograph has one a pixel, a mask of a slide some 100,000."""

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces of one direction, shape (n,) each: from (x0, y0) to (x1, y1), and whether
    they run with x or y (→, ↓) or against it."""

    x0: Whole
    y0: Whole
    x1: Whole
    y1: Whole
    onward: Flags

    def __len__(self) -> int:
        return len(self.x0)


def outlines(
    labels: npt.NDArray[np.generic], where: str, skip: int | None = None
) -> dict[int, Shape]:
    """The area of every label but `skip`, in pixels: it equals the count of pixels exactly.

    `labels`: whole numbers, shape (rows, columns). Pixels that touch at a corner only are not
    joined. Raises `Refusal` beyond `MOST_PIECES`; `where` names the picture.
    """
    found = {}
    for value in np.unique(labels).tolist():
        if value != skip:
            found[int(value)] = _outline(labels == value, where)
    return found


def _outline(mask: Flags, where: str) -> Shape:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    part = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    level, upright = _level(part), _turned(_level(part.T))
    if len(level) + len(upright) > MOST_PIECES:
        raise Refusal(
            f"expected a mask of labels in {where}: found {len(level) + len(upright):,} edges, as "
            "a photograph has. Export the labels, not the picture."
        )
    _, areas = cv2.connectedComponents(part.astype(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    corner = np.array((left - 1, top - 1), np.float64)
    polygons = _polygons(level, upright, np.asarray(areas, np.int32), corner)
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _level(part: Flags) -> _Pieces:
    """Level pieces of the padded mask: → where the inside is below, ← where it is above.

    A piece ends where an upright edge meets it. Of the mask's transpose these are the upright ones.
    """
    changes = part[1:] != part[:-1]
    y, x = np.nonzero(changes)
    sides = part[:, 1:] != part[:, :-1]
    meets = np.zeros((part.shape[0] + 1, part.shape[1] + 1), bool)
    meets[1:, 1:-1] |= sides
    meets[:-1, 1:-1] |= sides
    starts = np.ones(len(x), bool)
    starts[1:] = (y[1:] != y[:-1]) | (x[1:] != x[:-1] + 1) | meets[y[1:] + 1, x[1:]]
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(x)) - 1
    onward = part[y[first] + 1, x[first]]
    begin, end, line = x[first], x[last] + 1, y[first] + 1
    return _Pieces(np.where(onward, begin, end), line, np.where(onward, end, begin), line, onward)


def _turned(pieces: _Pieces) -> _Pieces:
    """Level pieces of the transpose as upright ones: mirrored, hence the other way round."""
    return _Pieces(pieces.y1, pieces.x1, pieces.y0, pieces.x0, ~pieces.onward)


def _polygons(
    level: _Pieces, upright: _Pieces, areas: npt.NDArray[np.int32], corner: npt.NDArray[np.float64]
) -> list[Polygon]:
    """The connected areas, each with its holes. `areas`: number of the area of every pixel."""
    onto = _following(level, upright, areas, same=True) + len(level)
    back = _following(upright, level, areas, same=False)
    order, starts = _rings(np.concatenate([onto, back]))
    # Every ring begins with a level piece, as these have the lowest numbers.
    first = order[starts]
    above = (~level.onward[first]).astype(np.int64)
    owner = areas[level.y0[first] - above, np.minimum(level.x0[first], level.x1[first])].astype(
        np.int64
    )
    sizes = np.diff(np.append(starts, len(order)))
    closed = np.insert(order, starts + sizes, first)
    points = np.stack(
        [np.concatenate([level.x0, upright.x0]), np.concatenate([level.y0, upright.y0])], axis=1
    )[closed].astype(np.float64)
    return _assembled(points + corner, sizes + 1, owner)


def _following(
    pieces: _Pieces, others: _Pieces, areas: npt.NDArray[np.int32], *, same: bool
) -> Whole:
    """For each piece the one of the others that goes on from its end.

    Where two do, inside pixels meet at a corner. Those of different areas stay apart: the ring
    turns around its own pixel (`same`: onto a piece that is onward if this one is). Those of one
    area enclose something there: the ring goes over to the other pixel, so that it never touches
    itself.
    """
    width = areas.shape[1] + 1
    starts = (others.y0 * width + others.x0) * 2 + others.onward
    order = np.argsort(starts)
    known = starts[order]

    def found(onward: Flags) -> tuple[Whole, Flags]:
        wanted = (pieces.y1 * width + pieces.x1) * 2 + onward
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return order[at], known[at] == wanted

    around = pieces.onward if same else ~pieces.onward
    near, has_near = found(around)
    far, has_far = found(~around)
    goes_over = has_near & has_far & _is_one_area(pieces, areas)
    return np.where(has_near & ~goes_over, near, far)


def _is_one_area(pieces: _Pieces, areas: npt.NDArray[np.int32]) -> Flags:
    """Whether the two inside pixels that meet at a corner at a piece's end are of one area."""
    x, y = pieces.x1, pieces.y1
    falling = areas[y - 1, x - 1]
    found: Flags = np.where(falling > 0, falling == areas[y, x], areas[y - 1, x] == areas[y, x - 1])
    return found


def _rings(following: Whole) -> tuple[Whole, Whole]:
    """The pieces in the order in which they are drawn, ring by ring, and where each ring starts."""
    onto = following.tolist()
    seen = bytearray(len(onto))
    order: list[int] = []
    starts: list[int] = []
    for piece in range(len(onto)):
        if seen[piece]:
            continue
        starts.append(len(order))
        while not seen[piece]:
            seen[piece] = 1
            order.append(piece)
            piece = onto[piece]
    return np.array(order, np.int64), np.array(starts, np.int64)


def _assembled(points: npt.NDArray[np.float64], sizes: Whole, owner: Whole) -> list[Polygon]:
    """Polygons of closed rings that lie one after the other, `sizes` points each; those with one
    `owner` are a shell and its holes."""
    ends = np.cumsum(sizes)
    begins = ends - sizes
    x, y = points[:, 0], points[:, 1]
    turns = np.zeros(len(points))
    turns[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    turns[ends - 1] = 0  # from one ring to the next
    is_hole = np.add.reduceat(turns, begins) < 0
    order = np.lexsort((is_hole, owner))
    rings = np.repeat(begins[order], sizes[order])
    within = np.arange(len(points)) - np.repeat(
        np.cumsum(sizes[order]) - sizes[order], sizes[order]
    )
    offsets = np.concatenate([[0], np.cumsum(sizes[order])])
    shells = np.append(np.flatnonzero(~is_hole[order]), len(order))
    found = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, points[rings + within], (offsets, shells)
    )
    return list(found)
