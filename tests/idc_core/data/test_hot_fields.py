"""Which fields of a slide are shown first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.data.hot_fields import strongest_fields


def test_a_field_with_two_errors_comes_before_one_strong_error():
    x, y = [1, 51, 1001], [1, 1, 1]
    assert strongest_fields(x, y, [0.4, 0.5, 0.8]).tolist() == [1, 2]


def test_fields_do_not_share_a_neighbour_as_centre():
    side = np.arange(10) * 50 + 1
    x, y = (each.ravel() for each in np.meshgrid(side, side))
    chosen = strongest_fields(x, y, np.ones(100))
    assert len(chosen) == 10
    for at, one in enumerate(chosen):
        for other in chosen[:at]:
            assert max(abs(x[one] - x[other]), abs(y[one] - y[other])) >= 100


def test_a_patch_without_weight_is_no_centre():
    assert strongest_fields([1, 51], [1, 1], [0.0, 0.5]).tolist() == [1]
    assert strongest_fields([1, 51], [1, 1], [0.0, 0.0]).tolist() == []


def test_no_patch_has_no_field():
    assert strongest_fields([], [], []).tolist() == []


def test_squares_at_a_rim_are_no_neighbours_of_the_next_row():
    x, y = [1, 101, 1, 101], [1, 1, 51, 51]
    first = strongest_fields(x, y, [0.0, 0.6, 0.5, 0.0], count=1)
    assert first.tolist() == [1]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_the_first_field_is_the_heaviest_by_brute_force(seed, count):
    random = np.random.default_rng(seed)
    squares = random.choice(100, size=count, replace=False)
    x, y = squares % 10 * 50 + 1, squares // 10 * 50 + 1
    weight = random.integers(1, 100, count) / 100
    near = (np.abs(x[:, None] - x) <= 50) & (np.abs(y[:, None] - y) <= 50)
    first = strongest_fields(x, y, weight)[0]
    assert (near @ weight)[first] == pytest.approx((near @ weight).max())
