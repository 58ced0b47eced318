"""Rows of several arrays in one order are those of the one array that they came from."""

import numpy as np
import pytest

from idc_core.data.stores.joined import JoinedPixels

HELD = np.random.default_rng(5).integers(0, 256, (40, 6, 6, 3)).astype(np.uint8)
PART = np.random.default_rng(6).integers(0, 3, 40)


def joined():
    """The rows of three parts, each in another order than in the whole."""
    at, parts = np.zeros((40, 2), np.int64), []
    for number in range(3):
        own = np.flatnonzero(number == PART)[::-1]
        parts.append(HELD[own])
        at[own] = np.stack([np.full(len(own), number), np.arange(len(own))], axis=1)
    return JoinedPixels(parts, at)


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(7),
        slice(None),
        slice(5, 9),
        slice(9, 5),
        slice(None, None, -3),
        [3, 1, 1, -40],
        [],
        np.arange(40) % 3 == 0,
    ],
)
def test_rows_are_those_of_the_array(key):
    found = joined()[key]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, HELD[key])


def test_it_is_an_array_where_one_is_asked_for():
    np.testing.assert_array_equal(np.asarray(joined()), HELD)
    assert joined().shape == (40, 6, 6, 3)


@pytest.mark.parametrize("key", [40, -41, [3, 40]])
def test_a_row_that_is_not_there_is_an_index_error(key):
    with pytest.raises(IndexError):
        joined()[key]


@pytest.mark.parametrize("at", [[[0, 4]], [[1, 0]], [[0, -1]], [[-1, 0]]])
def test_a_row_that_no_part_has_is_refused_when_it_is_made(at):
    with pytest.raises(ValueError, match="rows that its stores do not have"):
        JoinedPixels([HELD[:4]], np.array(at))
