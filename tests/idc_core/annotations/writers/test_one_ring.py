import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from idc_core.annotations.region import Shape
from idc_core.annotations.shapes import area_of
from idc_core.annotations.writers.one_ring import GAP, one_ring
from idc_core.annotations.writers.rings import parts_of

CELLS = 7


def joined(shape: Shape) -> list[Polygon]:
    return [Polygon(one_ring(rings)) for rings in parts_of(shape)]


def back(shape: Shape) -> Shape:
    """The area that a reader makes of the rings."""
    found = [area_of([one_ring(rings)])[0] for rings in parts_of(shape)]
    whole: Shape = shapely.union_all(found)
    return whole


def test_an_area_without_holes_is_its_exterior() -> None:
    (ring,) = joined(box(0, 0, 4, 3))
    assert ring.equals(box(0, 0, 4, 3))
    assert len(ring.exterior.coords) == 5


def test_whoever_fills_by_turns_leaves_the_holes_empty() -> None:
    shape = box(0, 0, 30, 30) - box(3, 3, 6, 6) - box(10, 3, 16, 26) - box(20, 20, 25, 25)
    (ring,) = joined(shape)
    x, y = np.array(ring.exterior.coords).T
    turned = 0.5 * (x[:-1] * y[1:] - x[1:] * y[:-1]).sum()
    assert turned == pytest.approx(shape.area)
    assert shapely.symmetric_difference(back(shape), shape).area < 1e-9


def test_a_bridge_goes_round_what_lies_between() -> None:
    """The nearest vertex of the exterior lies behind a notch."""
    shape = Polygon([(0, 0), (40, 0), (40, 40), (0, 40), (0, 22), (18, 20), (0, 18)])
    shape -= box(19, 10, 24, 30)
    assert shapely.symmetric_difference(back(shape), shape).area < 1e-9


@given(st.sets(st.integers(0, CELLS * CELLS - 1), max_size=25))
def test_any_holes_come_back_also_where_they_touch(cells: set[int]) -> None:
    holes = [
        box(
            10 * (cell % CELLS),
            10 * (cell // CELLS),
            10 * (cell % CELLS) + 10,
            10 * (cell // CELLS) + 10,
        )
        for cell in cells
    ]
    shape = box(-10, -10, 10 * CELLS + 10, 10 * CELLS + 10) - shapely.union_all(holes)
    lost = shapely.symmetric_difference(back(shape), shape).area
    assert lost <= 40 * len(cells) * GAP * 2
