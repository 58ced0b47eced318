"""A region as a hand draws it: what is kept of it, to the pixel, and what is refused."""

import math

import numpy as np
import pytest
import shapely

from idc_core.annotations import drawn
from idc_core.annotations.measured import measure
from idc_core.io.refusal import Refusal

SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]
SIZE = (400.0, 300.0)


def region(*rings, strokes=()):
    return drawn.region([list(rings)] if rings else [], strokes, SIZE)


def dab(x, y, radius=10, *, erases=False):
    return drawn.stroke([[x, y]], radius, erases=erases)


def test_a_polygon_is_kept_as_it_was_drawn_with_its_holes():
    found = region(SQUARE, [[20, 20], [40, 20], [40, 40], [20, 40]])
    assert (found.area, found.length) == (9600, 480)
    assert drawn.corners_of(found) == 8
    assert drawn.rings_of(found)[0][1] == [20, 20, 40, 20, 40, 40, 20, 40]


def test_a_brush_adds_a_round_ended_line_and_takes_it_away_in_the_order_of_the_strokes():
    line = drawn.stroke([[200, 100], [300, 100]], 20, erases=False)
    assert region(strokes=[line]).area == pytest.approx(100 * 40 + math.pi * 400, rel=0.005)
    bite = region(SQUARE, strokes=[dab(100, 50, erases=True)])
    assert bite.area == pytest.approx(10_000 - math.pi * 100 / 2, rel=0.005)
    again = region(SQUARE, strokes=[dab(100, 50, erases=True), dab(100, 50)])
    assert again.area == pytest.approx(10_000 + math.pi * 100 / 2, rel=0.005)


def test_the_brush_moves_no_corner_that_it_does_not_touch():
    found = region(SQUARE, strokes=[dab(100, 100)])
    corners = shapely.get_coordinates(found).tolist()
    assert all(each in corners for each in ([0, 0], [100, 0], [0, 100]))


def test_what_reaches_over_the_edge_is_cut_off_there():
    found = region([[350, 250], [450, 250], [450, 350], [350, 350]])
    assert found.bounds == (350, 250, 400, 300)


@pytest.mark.parametrize(
    ("rings", "sentence"),
    [
        ([[[0, 0], [100, 100], [100, 0], [0, 100]]], "edges do not cross: they do near x 50, y 50"),
        ([[[0, 0], [9, 9]]], "at least three corners"),
        ([[[0, 0], [9, 9], [18, 18]]], "lie on a line"),
        ([[[500, 500], [600, 500], [600, 600]]], "on the slide, which is 400 × 300 px"),
        ([[[0, 0], [math.nan, 1], [5, 5]]], "coordinates"),
        ([[[0, 0], ["a", 1], [5, 5]]], "two numbers"),
        ([[[0, 0], [0.0001, 0], [0, 0.0001]]], "smaller than a pixel"),
        ([], "nothing is left"),
    ],
)
def test_what_is_no_region_is_refused_in_one_sentence(rings, sentence):
    with pytest.raises(Refusal, match=sentence):
        region(*rings)


def test_erasing_all_of_it_is_refused():
    with pytest.raises(Refusal, match="nothing is left"):
        region(SQUARE, strokes=[dab(50, 50, 200, erases=True)])


def test_too_many_corners_and_strokes_are_refused_by_number():
    angles = np.linspace(0, 2 * math.pi, drawn.MOST_CORNERS + 1, endpoint=False)
    ring = np.stack([200 + 90 * np.cos(angles), 150 + 90 * np.sin(angles)], axis=1).tolist()
    with pytest.raises(Refusal, match=r"at most 20,000 corners: found 20,001"):
        region(ring)
    with pytest.raises(Refusal, match="at most 500 strokes"):
        region(strokes=[dab(9, 9)] * (drawn.MOST_STROKES + 1))


@pytest.mark.parametrize(("points", "radius"), [([], 5), ([[1, 1]], 0), ([[1, 1]], math.inf)])
def test_a_stroke_without_a_point_or_a_size_is_refused(points, radius):
    with pytest.raises(Refusal, match="expected a stroke"):
        drawn.stroke(points, radius, erases=False)


def test_pixels_that_are_not_square_are_measured_in_both_directions():
    found = measure(shapely.box(0, 0, 1000, 2000), (0.5, 0.25))
    assert (found.area, found.perimeter, found.units) == (0.25, 2000, ("mm²", "µm"))
    unknown = measure(shapely.box(0, 0, 10, 20), None)
    assert (unknown.area, unknown.perimeter, unknown.units) == (200, 60, ("px²", "px"))
