import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from idc_core.annotations.shapes import polygons_of
from idc_core.annotations.squares import shares
from idc_core.io.refusal import Refusal

# Six decimals: at 1e-221 GEOS itself calls a square whole that nothing covers.
numbers = st.one_of(st.integers(-20, 80), st.floats(-20, 80).map(lambda number: round(number, 6)))
points = st.tuples(numbers, numbers)


def by_shapely(
    shape: shapely.Geometry,
    columns: int,
    rows: int,
    side: float,
    left: float,
    top: float,
    stride: float,
) -> npt.NDArray[np.float64]:
    """The referee: every square cut with the shape."""
    x, y = np.meshgrid(left + stride * np.arange(columns), top + stride * np.arange(rows))
    squares = shapely.box(x, y, x + side, y + side)
    return shapely.area(shapely.intersection(squares, shape)) / side**2


@given(
    rings=st.lists(st.lists(points, min_size=3, max_size=12), min_size=1, max_size=3),
    side=st.sampled_from([7.0, 10.0, 12.5]),
    stride=st.sampled_from([None, 5.0, 7.0, 10.0, 13.0]),
    corner=st.tuples(st.integers(-15, 15), st.floats(-15, 15)),
)
def test_shares_are_those_that_shapely_cuts(
    rings: list[list[tuple[float, float]]],
    side: float,
    stride: float | None,
    corner: tuple[float, float],
) -> None:
    drawn = polygons_of(shapely.union_all([shapely.make_valid(Polygon(ring)) for ring in rings]))
    if drawn is None:
        return
    found = shares(drawn, 7, 5, side, *corner, stride=stride)
    wanted = by_shapely(drawn, 7, 5, side, *corner, stride or side)
    assert found.shape == (5, 7)
    np.testing.assert_allclose(found, wanted, atol=2e-9)


def test_holes_and_parts_count_as_they_are() -> None:
    holed = Polygon(box(0, 0, 30, 30).exterior.coords, [box(10, 10, 20, 20).exterior.coords])
    found = shares(MultiPolygon([holed, box(12, 12, 17, 18)]), 3, 3, 10)
    assert found.tolist() == [[1, 1, 1], [1, 0.3, 1], [1, 1, 1]]


@pytest.mark.parametrize("order", [1, -1])
def test_the_direction_of_a_ring_does_not_matter(order: int) -> None:
    ring = [(0, 0), (10, 0), (10, 5), (0, 5)][::order]
    assert shares(Polygon(ring), 1, 1, 10).tolist() == [[0.5]]


def test_rows_grow_downwards_and_columns_to_the_right() -> None:
    assert shares(box(10, 0, 20, 10), columns=2, rows=2, side=10).tolist() == [[0, 1], [0, 0]]
    assert shares(box(0, 10, 10, 20), columns=2, rows=2, side=10).tolist() == [[0, 0], [1, 0]]


def test_a_square_that_is_only_touched_has_no_share_at_all() -> None:
    third = 1 / 3
    found = shares(box(third, third, 10 + third, 10 + third), 3, 3, 10, third, third)
    assert found.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_rounding_leaves_no_trace_beside_an_outline() -> None:
    """A negative square has no positive area at all, and a sum of slopes is seldom just 0."""
    chance = np.random.default_rng(0)
    for _ in range(20):
        drawn = Polygon(chance.uniform((50, 0), (80, 30), (40, 2))).convex_hull
        found = shares(drawn, 10, 10, 10 / 3)
        right = shares(drawn, 10, 10, 10 / 3, 50)
        assert not found.any(), "all of these lie left of it"
        assert right.any()


def test_edges_shorter_than_any_share_raise_no_warning() -> None:
    sliver = Polygon([(0, 0), (5e-324, 5e-324), (10, 0), (10, 10), (0, 10)])
    assert shares(sliver, 1, 1, 10, -3, -3).tolist() == [[0.49]]


def test_what_lies_outside_the_grid_changes_nothing() -> None:
    alone = shares(box(2, 2, 8, 8), 2, 2, 10)
    around = MultiPolygon(
        [
            box(2, 2, 8, 8),
            box(-9, 0, -5, 5),
            box(25, 0, 30, 5),
            box(0, 25, 5, 30),
            box(3, -9, 5, -5),
        ]
    )
    assert shares(around, 2, 2, 10).tolist() == alone.tolist()


def test_all_shares_together_are_the_area() -> None:
    round_one = shapely.Point(500, 500).buffer(400)
    found = shares(round_one, 100, 100, 10)
    assert found.sum() * 100 == pytest.approx(round_one.area, rel=1e-12)


def test_an_empty_shape_covers_nothing() -> None:
    assert shares(Polygon(), 2, 1, 10).tolist() == [[0, 0]]


@pytest.mark.parametrize("grid", [(0, 1, 10), (1, -1, 10), (1, 1, 0)])
def test_a_grid_without_squares_is_refused(grid: tuple[int, int, float]) -> None:
    with pytest.raises(Refusal, match="at least one square"):
        shares(box(0, 0, 1, 1), *grid)
