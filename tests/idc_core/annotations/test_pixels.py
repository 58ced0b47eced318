import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from idc_core.annotations import pixels
from idc_core.annotations.pixels import outlines
from idc_core.annotations.squares import shares
from idc_core.io.refusal import Refusal


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2))
)
def test_every_pixel_lies_in_the_outline_of_its_label_and_in_no_other(labels: np.ndarray) -> None:
    found = outlines(labels, "a mask")
    assert set(found) == set(np.unique(labels).tolist())
    rows, columns = labels.shape
    for value, shape in found.items():
        assert shape.is_valid
        assert shape.area == (labels == value).sum()
        assert (shares(shape, columns, rows, 1) == (labels == value)).all()


def test_a_hole_is_a_ring_and_what_lies_in_it_another_part() -> None:
    labels = np.ones((7, 7), np.uint8)
    labels[1:6, 1:6] = 0
    labels[3, 3] = 1
    shape = outlines(labels, "a mask", skip=0)[1]
    assert shape.area == 25
    assert sorted(len(part.interiors) for part in shape.geoms) == [0, 1]


def test_an_area_that_closes_at_a_corner_encloses_a_hole_there() -> None:
    labels = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0]], np.uint8)
    shape = outlines(labels, "a mask", skip=0)[1]
    assert (shape.is_valid, shape.area, len(shape.interiors)) == (True, 7, 1)


def test_long_edges_have_no_points_between_their_corners() -> None:
    shape = outlines(np.ones((50, 80), np.uint8), "a mask")[1]
    assert len(shape.exterior.coords) == 5
    assert shape.bounds == (0, 0, 80, 50)


def test_a_photograph_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "MOST_PIECES", 100)
    noise = np.indices((20, 20)).sum(axis=0) % 2
    with pytest.raises(Refusal, match="as a photograph has"):
        outlines(noise, "a mask")
