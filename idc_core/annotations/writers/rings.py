"""Rings of points as they are written: 6 decimals, outer rings one way round, holes the other."""

import numpy as np
import shapely
from shapely import Polygon

from idc_core.annotations.region import Shape
from idc_core.annotations.shapes import Points

DECIMALS = 6
"""Of a pixel: rounding moves no vertex by more than a millionth, and the area of a slide's whole
outline by less than a pixel's."""

Number = int | float


def parts_of(shape: Shape) -> list[list[Points]]:
    """The rings of each polygon of an area, exterior first, without the point that closes each.

    Exteriors turn counter-clockwise seen with y upwards, holes clockwise. What rounding leaves
    without an area, as the splinters of a repair, is left out.
    """
    polygons = shapely.get_parts(shapely.orient_polygons(shape)).tolist()
    found = [_rings(polygon) for polygon in polygons]
    return [rings for rings in found if rings]


def _rings(polygon: Polygon) -> list[Points]:
    exterior, *holes = [
        # Adding 0 makes a negative zero a plain one.
        shapely.get_coordinates(ring)[:-1].round(DECIMALS) + 0.0
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return [exterior, *filter(_has_area, holes)] if _has_area(exterior) else []


def _has_area(ring: Points) -> bool:
    if len(ring) < 3:
        return False
    x, y = (ring - ring[0]).T  # what closes the ring adds nothing then
    return bool(np.dot(x[:-1], y[1:]) != np.dot(x[1:], y[:-1]))


def number(value: float) -> Number:
    """A coordinate as it is written: whole where it is whole.

    >>> number(12.0), number(12.3456789), number(-0.0000001)
    (12, 12.345679, 0)
    """
    rounded = round(float(value), DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded
