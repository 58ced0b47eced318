"""Many figures judged together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from idc_core.metrics.leave_one_out import UNIT, jackknife_interval
from idc_core.metrics.simultaneous import LEVEL, shared_level, together


def test_one_figure_is_judged_as_it_is_alone():
    left = np.array([0.1, 0.4, 0.3, 0.2, 0.6, 0.5])
    found, alone = together([0.35], left[:, None]), jackknife_interval(0.35, left)
    assert found.level == LEVEL
    assert (found.low[0], found.high[0]) == pytest.approx((alone.low, alone.high), rel=1e-4)


def test_twenty_copies_cost_no_more_than_one():
    one = np.random.default_rng(1).normal(size=(40, 1))
    assert shared_level(np.tile(one, 20)) == pytest.approx(LEVEL, abs=0.006)


def test_independent_figures_cost_what_sidak_says():
    """1 - (1 - level)^10 = 5 % (Šidák 1967)."""
    figures = np.eye(10) - 0.1
    level = shared_level(figures[:, :10])
    # Ten figures, each moved by a patient of its own, are all but independent.
    assert level == pytest.approx(1 - 0.95**0.1, rel=0.15)


def test_two_correlated_figures_cost_what_the_bivariate_normal_says():
    """The peer is scipy's: P(|x| < c, |y| < c) = 95 % at correlation 0.8."""
    rng = np.random.default_rng(4)
    drawn = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 400)
    drawn -= drawn.mean(axis=0)
    rho = float((drawn[:, 0] @ drawn[:, 1]) / np.sqrt((drawn**2).sum(axis=0).prod()))
    both = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    z = stats.norm.isf(shared_level(drawn) / 2)
    inside = both.cdf([z, z], lower_limit=[-z, -z])
    assert inside == pytest.approx(0.95, abs=0.01)


def test_what_cannot_be_judged_costs_the_others_nothing():
    left = np.array([[0.2, np.nan, 0.5], [0.4, 0.1, 0.5], [0.3, 0.2, 0.5], [0.5, 0.1, 0.5]])
    found = together([0.35, 0.1, 0.5], left)
    assert found.judged == 1
    assert found.level == LEVEL
    assert np.isnan(found.low[1:]).all()
    assert not (found.below | found.above)[1:].any()


def test_one_side_alone_shows_more_and_says_nothing_of_the_other():
    rng = np.random.default_rng(0)
    apart = np.array([-0.2, 0.0, 9.0])
    left = rng.normal(0, 0.01, (40, 3)) + apart
    both = together(apart, left)
    one = together(apart, left, only_below=True)
    assert one.level > both.level
    assert one.high[0] < both.high[0]
    assert both.above[2]
    assert not one.above.any()


def test_shares_are_held_against_what_they_should_be_within_their_bounds():
    rng = np.random.default_rng(0)
    left = 0.02 + rng.normal(0, 0.002, (20, 2))
    found = together([0.02, 0.02], left, against=[0.6, 0.02], within=UNIT, patients=20.0)
    assert (found.low > 0).all()
    assert found.below.tolist() == [True, False]


def test_nothing_together_is_nothing():
    assert together([], np.zeros((5, 0))).judged == 0
    assert together([0.1], np.zeros((1, 1))).judged == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 12))
def test_together_is_never_narrower_than_alone(seed, patients, figures):
    left = np.random.default_rng(seed).standard_t(2, (patients, figures))
    values = left.mean(axis=0)
    found = together(values, left)
    for at in range(figures):
        alone = jackknife_interval(float(values[at]), left[:, at])
        assert found.low[at] <= alone.low + 1e-3 * abs(alone.low) + 1e-9
    assert LEVEL / figures <= found.level <= LEVEL


def test_of_families_without_a_difference_few_name_one():
    rng = np.random.default_rng(9)
    named = alone = 0
    for _ in range(300):
        moved = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 12)) + rng.normal(size=(30, 12))
        value = moved.mean(axis=0)
        left = (moved.sum(axis=0) - moved) / 29
        found = together(value, left)
        named += bool((found.below | found.above).any())
        alone += any(
            jackknife_interval(v, own).low > 0 or jackknife_interval(v, own).high < 0
            for v, own in zip(value, left.T, strict=True)
        )
    assert named / 300 <= 0.06
    assert alone / 300 > 0.2
