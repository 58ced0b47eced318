"""A region as a hand draws it: polygons, then strokes of a brush that add to them or take away.

Coordinates are pixels of a frame, (0, 0) its top left. What reaches beyond the slide's edge is cut
off there; whatever else cannot be a region is refused, and nothing is repaired in silence.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.validation import explain_validity

from idc_core.annotations.region import Shape
from idc_core.annotations.shapes import Points, points_in, polygons_of
from idc_core.io.refusal import Refusal

MOST_CORNERS = 20_000
"""Of a region, its holes included; and points of all strokes together."""

MOST_STROKES = 500
DECIMALS = 3
"""Of a pixel, that a stored corner has."""

_SMOOTH = 0.01
"""Of the brush's radius: how far its edge is moved to save corners."""

_WHERE = "what was drawn"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A brush of `radius` pixels moved along `points`, (n, 2); `erases`: it takes away."""

    points: Points
    radius: float
    erases: bool

    def shape(self) -> shapely.Geometry:
        """What it covers."""
        if len(self.points) == 1:
            return Point(self.points[0]).buffer(self.radius, quad_segs=16)
        line = LineString(self.points).simplify(self.radius * _SMOOTH)
        return line.buffer(self.radius, quad_segs=16)


def region(
    parts: Sequence[Sequence[Sequence[Sequence[float]]]],
    strokes: Sequence[Stroke],
    size: tuple[float, float],
) -> Shape:
    """The region that was drawn on a slide of `size`, valid, of a positive area.

    `parts`: of each polygon its rings, the exterior first. Raises `Refusal` for a ring that crosses
    itself, for too many corners or strokes, for numbers that are none, and where nothing is left.
    """
    _refuse_too_many(parts, strokes)
    polygons = [_polygon(rings) for rings in parts]
    drawn = polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)
    for stroke in strokes:
        covered = stroke.shape()
        drawn = drawn.difference(covered) if stroke.erases else drawn.union(covered)
    if strokes:
        drawn = drawn.simplify(_SMOOTH * min(stroke.radius for stroke in strokes))
    return _kept(drawn, size)


def stroke(points: Sequence[Sequence[float]], radius: float, *, erases: bool) -> Stroke:
    """A stroke; raises `Refusal` where its points or its radius are no numbers."""
    found = points_in(points, _WHERE)
    if not len(found) or not (math.isfinite(radius) and 0 < radius < 1e6):
        raise Refusal(f"expected a stroke with a point and a radius: found {radius:g} px.")
    return Stroke(found, float(radius), erases)


def corners_of(shape: Shape) -> int:
    """How many corners it has.

    >>> corners_of(shapely.box(0, 0, 1, 1))
    4
    """
    rings = shapely.get_rings(shapely.get_parts(shape))
    return int(shapely.get_num_coordinates(rings).sum()) - len(rings)


def holds(shape: Shape, points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which points, (n, 2), lie in a shape or on its edge."""
    shapely.prepare(shape)
    left, top, right, bottom = shape.bounds
    x, y = points.T
    found: npt.NDArray[np.bool_] = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    found[found] = shapely.intersects_xy(shape, x[found], y[found])
    return found


def _refuse_too_many(
    parts: Sequence[Sequence[Sequence[Sequence[float]]]], strokes: Sequence[Stroke]
) -> None:
    corners = sum(len(ring) for rings in parts for ring in rings)
    points = sum(len(each.points) for each in strokes)
    if max(corners, points) > MOST_CORNERS:
        raise Refusal(
            f"expected a region of at most {MOST_CORNERS:,} corners: found "
            f"{max(corners, points):,}. Draw it as several regions."
        )
    if len(strokes) > MOST_STROKES:
        raise Refusal(
            f"expected at most {MOST_STROKES} strokes at a time: found {len(strokes):,}. "
            "Save the region more often."
        )


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> Polygon:
    found = [points_in(ring, _WHERE) for ring in rings]
    if not found or any(len(np.unique(ring, axis=0)) < 3 for ring in found):
        raise Refusal("expected at least three corners of a polygon: found fewer. Add a corner.")
    drawn = Polygon(found[0], found[1:])
    if drawn.convex_hull.area == 0:
        raise Refusal("expected a polygon with an area: its corners lie on a line. Move one.")
    if not drawn.is_valid:
        at = explain_validity(drawn).partition("[")[2].rstrip("]").split()
        place = f" near x {float(at[0]):,.0f}, y {float(at[1]):,.0f}" if len(at) == 2 else ""
        raise Refusal(
            f"expected a polygon whose edges do not cross: they do{place}. Move or take back a "
            "corner."
        )
    return drawn


def _kept(drawn: shapely.Geometry, size: tuple[float, float]) -> Shape:
    """What lies on the slide, as it is stored."""
    if drawn.is_empty:
        raise Refusal(
            "expected a region: nothing is left of it. Draw something, or remove the region."
        )
    slide = shapely.box(0, 0, *size)
    # What lies on the slide keeps its corners, and their order.
    inside = polygons_of(drawn if slide.covers(drawn) else drawn.intersection(slide))
    if inside is None:
        left, top, right, bottom = drawn.bounds
        raise Refusal(
            f"expected a region on the slide, which is {size[0]:,.0f} × {size[1]:,.0f} px: it lies "
            f"at x {left:,.0f} to {right:,.0f}, y {top:,.0f} to {bottom:,.0f}. Draw it on the "
            "slide."
        )
    rounded = shapely.transform(inside, lambda xy: xy.round(DECIMALS))
    kept = polygons_of(rounded if rounded.is_valid else shapely.make_valid(rounded))
    if kept is None:
        raise Refusal("expected a region with an area: it is smaller than a pixel. Draw it larger.")
    if corners_of(kept) > MOST_CORNERS:
        raise Refusal(
            f"expected a region of at most {MOST_CORNERS:,} corners: it would have "
            f"{corners_of(kept):,}. Draw it as several regions."
        )
    return kept


def rings_of(shape: Shape) -> list[list[list[float]]]:
    """Of each polygon its rings as x, y, x, y, …, exterior first, without the point that closes
    each: as the browser takes them.

    >>> rings_of(shapely.box(0, 0, 2, 1))
    [[[2.0, 0.0, 2.0, 1.0, 0.0, 1.0, 0.0, 0.0]]]
    """
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return [
        [
            shapely.get_coordinates(ring)[:-1].ravel().tolist()
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in polygons
    ]
