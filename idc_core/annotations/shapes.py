"""Rings of points to valid areas: closed or not, with holes, crossing themselves."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from idc_core.annotations.region import Shape
from idc_core.io.refusal import Refusal

Points = npt.NDArray[np.float64]
"""Of a ring, shape (n, 2): x and y. The last may repeat the first."""

FARTHEST = 1e9
"""Largest coordinate: 1 m in nanometres, and a thousand times the widest slide in pixels."""

_SIDES = 720
"""Of the polygon in place of an ellipse: its area is 0.001 % too small."""


def points_in(found: Iterable[Sequence[Any]], where: str) -> Points:
    """Points as an array, of which a third number (z) is left out; `where`: "feature 3 of a.json".

    Raises `Refusal` for what is no number, is not finite, or is farther than any slide is wide.
    """
    try:
        points = np.array([(x, y) for x, y, *_ in found], np.float64).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(
            f"expected points of two numbers, x and y, in {where}: found something else. "
            "Export the file again."
        ) from None
    far = ~(np.abs(points) <= FARTHEST)
    if far.any():
        raise Refusal(
            f"expected coordinates of at most {FARTHEST:,.0f} in {where}: found "
            f"{points[far][0]:g}. Export the file again, in pixels."
        )
    return points


def area_of(rings: Sequence[Points]) -> tuple[Shape | None, bool]:
    """The area within the first ring and without the others, and whether it had to be repaired;
    None where nothing is left of it."""
    if not rings or _is_flat(rings[0]):
        return None, False
    rings = [rings[0], *(ring for ring in rings[1:] if not _is_flat(ring))]
    whole = Polygon(rings[0], rings[1:])
    if shapely.is_valid(whole):
        return (whole if whole.area > 0 else None), False
    shell, *holes = [shapely.make_valid(Polygon(ring)) for ring in rings]
    return polygons_of(shapely.difference(shell, shapely.union_all(holes))), True


def _is_flat(ring: Points) -> bool:
    """Whether a ring has fewer than three different points."""
    return len(ring) < 3 or len(np.unique(ring, axis=0)) < 3


def polygons_of(shape: shapely.Geometry) -> Shape | None:
    """The areas of a shape, without the points and lines that a repair leaves; None if none."""
    parts = [
        part
        for part in _parts(shape)
        if isinstance(part, Polygon) and part.area > 0 and not part.is_empty
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _parts(shape: shapely.Geometry) -> Iterable[shapely.Geometry]:
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.GeometryCollection | MultiPolygon):
            yield from _parts(part)
        else:
            yield part


def united(shapes: Sequence[shapely.Geometry]) -> Shape:
    """The union; an empty polygon for none."""
    return polygons_of(shapely.union_all(list(shapes))) or Polygon()


def corners(first: Sequence[float] | Points, last: Sequence[float] | Points) -> Points:
    """The ring of a rectangle by two opposite corners."""
    (left, top), (right, bottom) = first, last
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def ellipse(centre: npt.ArrayLike, across: float, down: float, turn: float = 0.0) -> Points:
    """The ring of an ellipse by its half axes; turned by `turn` radians, x towards y."""
    angles = np.linspace(0, 2 * math.pi, _SIDES, endpoint=False)
    ring = np.stack([across * np.cos(angles), down * np.sin(angles)], axis=1)
    cosine, sine = math.cos(turn), math.sin(turn)
    turned: Points = ring @ np.array([(cosine, sine), (-sine, cosine)])
    return turned + np.array(centre, np.float64)


def ellipse_within(first: npt.ArrayLike, last: npt.ArrayLike) -> Points:
    """The ring of the ellipse that fills the rectangle of two opposite corners."""
    a, b = np.array(first, np.float64), np.array(last, np.float64)
    across, down = np.abs(b - a) / 2
    return ellipse((a + b) / 2, across, down)
