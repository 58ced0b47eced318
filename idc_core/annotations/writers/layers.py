"""Areas put into layers in which holes may be cut: a layer's hole is cut out of all that is in it.

An area whose hole reaches into another one of its class (an island in it, an overlap) has a layer
of its own; all others share one.
"""

from collections.abc import Sequence

import shapely
from shapely import Polygon

from idc_core.annotations.shapes import Points


def layers(parts: Sequence[Sequence[Points]]) -> list[list[int]]:
    """Numbers of the areas, layer by layer; `parts`: of each its exterior and its holes."""
    polygons = [Polygon(exterior, holes) for exterior, *holes in parts]
    tree = shapely.STRtree(list(polygons))
    alone = [at for at in range(len(polygons)) if _cuts_others(at, polygons, tree)]
    together = sorted({*range(len(polygons))} - {*alone})
    return [*([together] if together else []), *([at] for at in alone)]


def _cuts_others(at: int, polygons: Sequence[Polygon], tree: shapely.STRtree) -> bool:
    if not polygons[at].interiors:
        return False
    holes = shapely.union_all([Polygon(ring) for ring in polygons[at].interiors])
    others = [other for other in tree.query(holes, predicate="intersects").tolist() if other != at]
    return any(shapely.intersection(holes, polygons[other]).area > 0 for other in others)
