"""What is laid over a slide: outlines by role, and squares without a label."""

import json

import numpy as np
from shapely import MultiPolygon, Point, Polygon, box

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label
from idc_core.cut.laid_over import laid_over

NONE = np.zeros((1, 1), np.int8)
ALL = np.ones((1, 1), bool)


def test_outlines_are_rings_by_role_with_their_holes():
    ring = Polygon(box(0, 0, 40, 30).exterior, [box(10, 10, 20, 20).exterior])
    two = MultiPolygon([box(50, 0, 60, 10), box(70, 0, 80, 10)])
    shapes = {Role.POSITIVE: ring, Role.ROI: two, Role.NEGATIVE: Polygon(), Role.IGNORE: ring}
    found = json.loads(laid_over(shapes, NONE, ALL))["outlines"]
    assert set(found) == {"positive", "roi"}
    assert [len(each) for each in found["positive"]] == [10, 10]
    assert set(zip(found["positive"][1][::2], found["positive"][1][1::2], strict=True)) == {
        (10, 10),
        (20, 10),
        (20, 20),
        (10, 20),
    }
    assert len(found["roi"]) == 2


def test_outlines_are_true_to_half_a_pixel_and_no_longer_than_that_needs():
    circle = Point(1000, 1000).buffer(500, quad_segs=5000)
    (ring,) = json.loads(laid_over({Role.POSITIVE: circle}, NONE, ALL))["outlines"]["positive"]
    kept = Polygon(np.reshape(ring, (-1, 2)))
    assert len(ring) < 400
    assert circle.exterior.hausdorff_distance(kept.exterior) <= 0.6


def test_squares_without_a_label_are_runs_of_those_that_count():
    labels = np.array(
        [[-2, -2, 1, -2], [0, -1, -1, -3], [-2, 0, 0, -2]],
        np.int8,
    )
    counted = np.ones(labels.shape, bool)
    counted[2, 3] = False  # glass
    found = json.loads(laid_over({}, labels, counted))["squares"]
    assert (Label.UNKNOWN, Label.UNDECIDED, Label.EXCLUDED) == (-2, -1, -3)
    assert found == {
        "unknown": [[0, 0, 2], [0, 3, 1], [2, 0, 1]],
        "undecided": [[1, 1, 2]],
        "excluded": [[1, 3, 1]],
    }
