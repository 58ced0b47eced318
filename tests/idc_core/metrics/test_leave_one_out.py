"""The interval itself: its standard error, its degrees of freedom, its edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from idc_core.metrics.leave_one_out import (
    RATE,
    SIGNED_UNIT,
    UNIT,
    effective,
    jackknife_interval,
    limits,
    median_interval,
    spread,
    unmoved,
)
from idc_core.metrics.leave_one_out import _t as t_point


def test_a_mean_gets_the_standard_error_of_a_mean() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0, 3.0, 7.0])
    left = [np.delete(values, each).mean() for each in range(6)]
    found = jackknife_interval(values.mean(), left)
    # As if one more patient had come, as far from the mean as the farthest.
    off = np.append(np.abs(values - values.mean()), np.abs(values - values.mean()).max())
    error = math.sqrt(values.var(ddof=1) / 6 + (off.max() / 6) ** 2)
    kurtosis = 7 * (off**4).sum() / (off**2).sum() ** 2
    expected = stats.t.ppf(0.975, min(5, 14 / (kurtosis - 1))) * error
    assert found.high - found.value == pytest.approx(expected, rel=1e-4)
    assert found.value - found.low == pytest.approx(expected, rel=1e-4)


def test_the_points_of_students_t_are_those_of_scipy() -> None:
    freedom = np.concatenate([np.linspace(1, 6, 500), [10.0, 27, 59, 278, 9999]])
    np.testing.assert_allclose(t_point(freedom), stats.t.ppf(0.975, freedom), atol=1e-4)


def test_bounds_are_kept_by_the_logit_scale() -> None:
    left = np.array([0.93, 0.99, 0.96, 0.91, 0.97])
    found = jackknife_interval(0.95, left, UNIT)
    half = jackknife_interval(0.95, left).high - 0.95
    for end, sign in ((found.low, -1), (found.high, 1)):
        logit = math.log(0.95 / 0.05) + sign * half / (0.95 * 0.05)
        assert end == pytest.approx(1 / (1 + math.exp(-logit)))
    assert 0 < found.low < 0.95 < found.high < 1


def test_a_correlation_is_a_share_stretched() -> None:
    left = np.array([0.6, 0.7, 0.9, 0.8])
    found, share = (
        jackknife_interval(0.5, left, SIGNED_UNIT),
        jackknife_interval(0.75, (left + 1) / 2, UNIT),
    )
    assert (found.low, found.high) == pytest.approx((2 * share.low - 1, 2 * share.high - 1))


def test_one_patient_with_all_the_influence_leaves_few_degrees_of_freedom() -> None:
    even, odd = np.tile([0.49, 0.51], 20), np.full(40, 0.5)
    odd[0] = 0.5 + math.sqrt(40) * 0.01
    spread = [jackknife_interval(0.5, left).high - 0.5 for left in (even, odd)]
    assert spread[1] > 1.8 * spread[0]  # the same standard error but for one more of the kind


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_on_a_bound_the_interval_is_that_of_wilson(value: float) -> None:
    found = jackknife_interval(value, np.full(12, value), UNIT, 12)
    expected = stats.binomtest(int(12 * value), 12).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_what_is_undefined_stays_so() -> None:
    assert np.isnan(limits(np.array([np.nan]), np.full((3, 1), np.nan), UNIT)).all()
    nothing = jackknife_interval(0.4, [np.nan, 0.3])
    assert nothing.value == 0.4
    assert np.isnan([nothing.low, nothing.high]).all()
    assert np.isnan(jackknife_interval(0.4, []).low)


def test_a_figure_that_no_patient_moves_is_not_sure() -> None:
    nothing = jackknife_interval(0.4, [0.4, 0.4, 0.4])
    assert np.isnan([nothing.low, nothing.high]).all()
    found = jackknife_interval(0.4, [0.4, 0.4, 0.4], UNIT, 10)
    expected = stats.binomtest(4, 10).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_rate_a_slide_stays_above_nought() -> None:
    found = jackknife_interval(0.5, [0.1, 0.7, 0.7, 0.6, 0.2], RATE)
    plain = jackknife_interval(0.5, [0.1, 0.7, 0.7, 0.6, 0.2])
    assert plain.low < 0 < found.low < 0.5 < found.high
    assert found.high / 0.5 == pytest.approx(0.5 / found.low)


def test_none_seen_is_bounded_by_poisson() -> None:
    """Exact upper end for no event in 20 slides: chi-square's 97.5 % point with 2 / 40."""
    found = jackknife_interval(0.0, np.zeros(20), RATE, 20)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 2) / 2 / 20)


def test_no_difference_in_ten_patients_may_be_one_in_four() -> None:
    expected = stats.binomtest(0, 10).proportion_ci(0.95, method="wilson").high
    assert unmoved(10).high == pytest.approx(expected)
    assert unmoved(10).low == pytest.approx(-expected)


@settings(max_examples=100, deadline=None)
@given(
    value=st.floats(0, 1),
    left=st.lists(st.floats(0, 1) | st.just(math.nan), max_size=9),
    patients=st.floats(1, 500),
)
def test_ends_are_in_order_and_in_bounds(value: float, left: list[float], patients: float) -> None:
    found = jackknife_interval(value, left, UNIT, patients)
    assert 0 <= found.low <= value + 1e-12
    assert value - 1e-12 <= found.high <= 1


@pytest.mark.parametrize(("sizes", "patients"), [([5, 5, 5, 5], 4), ([7, 0, 0], 1), ([3, 1], 1.6)])
def test_patients_of_unequal_size_count_for_fewer(sizes: list[int], patients: float) -> None:
    assert effective(sizes) == pytest.approx(patients)


def test_nobody_counts_as_one() -> None:
    assert effective(np.zeros(4)) == 1
    assert effective(np.zeros(0)) == 1


@pytest.mark.parametrize("count", [6, 9, 28, 60, 279, 1000])
def test_the_median_interval_leaves_out_at_most_5_percent(count: int) -> None:
    found = median_interval(np.arange(count, dtype=float))
    assert (
        stats.binom.cdf(found.low, count, 0.5) <= 0.025 < stats.binom.cdf(found.low + 1, count, 0.5)
    )
    assert found.low + found.high == count - 1


def test_five_patients_cannot_give_the_median_an_interval() -> None:
    found = median_interval(np.array([0.2, 0.9, 0.4, 0.4, 0.5]))
    assert found.value == 0.4
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(median_interval(np.array([])).value)


def test_a_figure_made_of_some_patients_has_the_spread_of_those_alone() -> None:
    rng = np.random.default_rng(3)
    # A few patients move the figure far: it has fewer degrees of freedom than patients.
    left_out, there = rng.random((12, 4)) ** 8, rng.random((12, 4)) < 0.6
    there[:, 2] = False
    there[0, 2] = True
    values = np.array([0.5, 0.2, 0.7, 0.4])
    error, freedom = spread(values, left_out, there)
    for at in (0, 1, 3):
        own = left_out[there[:, at], at][:, None]
        expected = spread(values[[at]], own)
        assert (error[at], freedom[at]) == pytest.approx((expected[0][0], expected[1][0]))
    low, high = limits(values, left_out, None, 1.0, there)
    assert np.isnan([low[2], high[2]]).all()  # one patient shows no spread
