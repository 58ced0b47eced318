"""Evidence for and against is kept apart, at the resolution that the method truly has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.interpret.explain.evidence import Evidence, gathered, mean, of_signed, spread

SIGNED = np.array([[1.0, -2.0], [0.0, 0.5]], np.float32)


def test_a_signed_map_is_taken_apart_and_comes_together_again():
    found = of_signed("any", SIGNED)
    assert found.pro.tolist() == [[1, 0], [0, 0.5]]
    assert found.con.tolist() == [[0, 2], [0, 0]]
    assert np.array_equal(found.signed, SIGNED)
    assert found.most == 2


def test_an_empty_side_is_said_to_be_empty():
    only_for = of_signed("any", np.abs(SIGNED))
    assert (only_for.pro.any(), only_for.con.any()) == (True, False)
    nothing = of_signed("any", np.zeros((4, 4), np.float32))
    assert (nothing.pro.any(), nothing.con.any()) == (False, False)


def test_the_resolution_is_that_of_the_cells_not_of_the_picture():
    assert of_signed("any", np.zeros((7, 7), np.float32)).resolution == "7 × 7 cells of 7.14 px"
    assert of_signed("any", np.zeros((50, 50), np.float32)).resolution == "50 × 50 cells of 1 px"


@pytest.mark.parametrize(
    ("pro", "con"),
    [
        (np.zeros((2, 2)), np.zeros((3, 3))),
        (np.zeros(4), np.zeros(4)),
        (-np.ones((2, 2)), np.zeros((2, 2))),
        (np.full((2, 2), np.nan), np.zeros((2, 2))),
        (np.zeros((2, 2)), np.full((2, 2), np.inf)),
    ],
)
def test_what_is_no_evidence_is_refused(pro, con):
    with pytest.raises(ValueError, match="expected"):
        Evidence("any", pro.astype(np.float32), con.astype(np.float32))


def test_the_mean_keeps_for_and_against_apart():
    found = mean([of_signed("any", SIGNED), of_signed("any", -SIGNED)])
    assert found.pro.tolist() == found.con.tolist() == [[0.5, 1], [0, 0.25]]
    with pytest.raises(ValueError, match="at least one"):
        mean([])


@given(st.sampled_from([1, 2, 4, 7, 10, 13, 25, 50]))
def test_spreading_gives_every_pixel_the_value_of_its_cell_and_makes_up_none(cells):
    values = np.random.default_rng(cells).random((cells, cells)).astype(np.float32)
    over = spread(values)
    assert over.shape == (50, 50)
    assert set(np.unique(over)) == set(np.unique(values))
    assert over[0, 0] == values[0, 0]
    assert over[-1, -1] == values[-1, -1]


@given(st.sampled_from([4, 7, 10, 25, 50]))
def test_gathering_keeps_the_mean(cells):
    values = np.random.default_rng(cells).random((cells, cells)).astype(np.float32)
    found = gathered(values, 10)
    assert found.shape == (10, 10)
    assert found.mean() == pytest.approx(spread(values).mean(), abs=1e-4)
