"""Sections of one slide are told apart by the glass between them, and numbered as one reads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from idc_core.wsi.sections import sections
from idc_core.wsi.tissue import LOOK_PX

UM = 10.0


def pieces(columns, rows, *boxes):
    """A look at `columns` × `rows` squares with tissue in boxes (left, top, right, bottom)."""
    found = np.zeros((rows * LOOK_PX, columns * LOOK_PX), np.bool_)
    for left, top, right, bottom in boxes:
        found[top:bottom, left:right] = True
    return found


@pytest.mark.parametrize(("gap", "count"), [(250.0, 2), (300.0, 2), (310.0, 1), (2_000.0, 1)])
def test_glass_as_wide_as_the_gap_parts_two_sections(gap, count):
    look = pieces(9, 2, (0, 0, 30, 20), (60, 0, 90, 20))
    found = sections(look, UM, gap)
    assert found.max() == count
    assert found.shape == (2, 9)


def test_sections_are_numbered_line_by_line_from_the_left():
    look = pieces(
        10,
        10,
        (60, 8, 80, 28),
        (5, 12, 25, 38),
        (0, 66, 20, 90),
        (70, 60, 100, 99),
        (40, 70, 55, 90),
    )
    found = sections(look, UM, 100.0)
    at = [found[2, 1], found[1, 7], found[8, 0], found[8, 4], found[8, 8]]
    assert at == [1, 2, 3, 4, 5]


def test_a_square_belongs_to_the_section_that_it_holds_most_of():
    look = pieces(3, 1, (0, 0, 12, 10), (14, 0, 30, 10))
    assert sections(look, UM, 15.0).tolist() == [[1, 2, 2]]


def test_a_square_without_tissue_belongs_to_the_nearest_section():
    look = pieces(10, 1, (0, 0, 10, 10), (90, 0, 100, 10))
    assert sections(look, UM, 100.0).tolist() == [[1] * 5 + [2] * 5]


def test_a_tiny_piece_is_not_left_out():
    look = pieces(8, 1, (0, 0, 30, 10), (74, 4, 76, 6))
    assert sections(look, UM, 100.0).max() == 2


def test_without_tissue_there_is_no_section():
    assert not sections(pieces(4, 3), UM).any()


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9))
def test_without_a_gap_they_are_what_scipy_calls_connected(seed, columns, rows):
    grid = np.random.default_rng(seed).random((rows, columns)) < 0.4
    found = sections(grid.repeat(LOOK_PX, 0).repeat(LOOK_PX, 1), UM, 1.0)
    label, count = ndimage.label(grid, np.ones((3, 3)))
    pairs = set(zip(label[grid].tolist(), found[grid].tolist(), strict=True))
    assert len(pairs) == count
    assert {number for _, number in pairs} == set(range(1, count + 1))
