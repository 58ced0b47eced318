"""An area with holes as one ring, for tools that know no holes.

The ring goes round the exterior, over a bridge to each hole, round it the other way, and back over
the same bridge. Whoever fills it, by crossings or by turns, leaves the holes empty; a repair by
`shapely.make_valid` gives the area back, as no bridge touches an edge or another bridge. Where that
fails, since holes touch, those are drawn `GAP` smaller.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon

from idc_core.annotations.shapes import Points, area_of
from idc_core.annotations.writers.rings import parts_of

GAP = 0.0001
"""Pixels."""

_SAME = 1e-9

_AT_ONCE = 64
"""Bridges that are tried together."""

_WITHIN, _APART = "TFF******", "F********"
"""A line that runs inside an area from end to end; one that meets no inner point of others."""


def one_ring(rings: Sequence[Points]) -> Points:
    """The ring, left open, of an exterior and its holes, which turn in opposite directions."""
    if len(rings) == 1:
        return rings[0]
    touching = _touching(rings)
    ring = _joined(rings)
    if not touching or _comes_back(ring, rings):
        return ring
    return _joined(
        [
            drawn
            for at, known in enumerate(rings)
            for drawn in (_smaller(known) if at in touching else [known])
        ]
    )


def _joined(rings: Sequence[Points]) -> Points:
    """Holes are joined from the left: the leftmost vertex of each sees one of the exterior, or of a
    hole before it, between the bridges that are there."""
    ring, *holes = rings
    whole = Polygon(ring, holes)
    shapely.prepare(whole)
    bridges: list[LineString] = []
    for hole in sorted(holes, key=lambda each: float(each[:, 0].min())):
        around = np.roll(hole, -int(hole[:, 0].argmin()), axis=0)
        at = _seen_from(around[0], ring, whole, bridges)
        bridges.append(LineString([around[0], ring[at]]))
        ring = np.concatenate([ring[: at + 1], around, around[:1], ring[at:]])
    return ring


def _touching(rings: Sequence[Points]) -> set[int]:
    """Numbers of the holes that touch another ring."""
    lines = [LineString(np.concatenate([ring, ring[:1]])) for ring in rings]
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    return set(one[one != other].tolist()) - {0}


def _comes_back(ring: Points, rings: Sequence[Points]) -> bool:
    """Whether a repair gives the area back: where rings touch, it may take a hole for filled."""
    repaired, _ = area_of([ring])
    area = Polygon(rings[0], rings[1:]).area
    return repaired is not None and abs(repaired.area - area) <= _SAME * (1 + area)


def _smaller(hole: Points) -> list[Points]:
    inner = shapely.buffer(Polygon(hole), -GAP, join_style="mitre")
    return [rings[0][::-1] for rings in parts_of(inner)]


def _seen_from(point: Points, ring: Points, whole: Polygon, bridges: list[LineString]) -> int:
    """The nearest vertex of the ring that a bridge from the point may lead to; the nearest of all
    where rounding left none."""
    away = np.hypot(*(ring - point).T)
    order = np.argsort(away, kind="stable")
    if away[order[0]] > 0:
        there = MultiLineString(bridges)
        for at, bridge in _inside(point, ring, order, whole):
            if shapely.relate_pattern(bridge, whole, _WITHIN) and shapely.relate_pattern(
                bridge, there, _APART
            ):
                return at
    return int(order[0])


def _inside(
    point: Points, ring: Points, order: np.ndarray, whole: Polygon
) -> Iterator[tuple[int, LineString]]:
    """Vertices in this order, each with the line to it, whose line does not leave the area."""
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        ends = np.broadcast_to(point, (len(some), 2))
        lines = shapely.linestrings(np.stack([ends, ring[some]], axis=1))
        for kept in np.flatnonzero(shapely.covers(whole, lines)).tolist():
            yield int(some[kept]), lines[kept]
