"""Figures of sensitivity and specificity that do not contradict them: four kinds of evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.clinic import likelihood_ratio_positive
from idc_core.metrics.joint import _reach, difference, of_intervals, rates
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.uncertainty import PatientJackknife

some = settings(max_examples=60, deadline=None)


def youden(found, left):
    return found + left - 1


def plus(found, left):
    return found / (1 - left) if left < 1 else np.inf


@st.composite
def intervals(draw):
    low, value, high = sorted(draw(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3)))
    return Interval(value, low, high)


@st.composite
def triples(draw):
    one, other = draw(intervals()), draw(intervals())
    middle = (one.value + other.value) / 2
    reach = draw(st.tuples(st.floats(0, 0.4), st.floats(0, 0.4)))
    return one, other, Interval(middle, middle - reach[0], middle + reach[1])


@some
@given(three=triples())
def test_a_figure_ranges_over_what_all_three_intervals_allow_on_a_fine_mesh(three):
    found, left, balanced = three
    a, b = np.meshgrid(np.linspace(found.low, found.high, 60), np.linspace(left.low, left.high, 60))
    allowed = (a + b >= 2 * balanced.low - 1e-12) & (a + b <= 2 * balanced.high + 1e-12)
    mesh = (a / (1 - b))[allowed]
    got = of_intervals(*three).interval(plus)
    assert got.low <= got.value * (1 + 1e-12)
    assert got.high >= got.value * (1 - 1e-12)
    if len(mesh):
        assert got.low <= mesh.min() + 1e-9
        assert got.high >= mesh.max() - 1e-9


@some
@given(three=triples())
def test_no_corner_leaves_an_interval_it_comes_from(three):
    found, left, balanced = three
    got = of_intervals(*three)
    for corner in (*got.worst, *got.best):
        assert found.low - 1e-9 <= corner[0] <= found.high + 1e-9
        assert left.low - 1e-9 <= corner[1] <= left.high + 1e-9
        assert balanced.low - 1e-9 <= sum(corner) / 2 <= balanced.high + 1e-9


def test_a_likelihood_ratio_holds_1_only_where_balanced_accuracy_holds_one_half():
    """The printed 4.5 [0.6-34] beside balanced accuracy 0.72-0.89 contradicted it."""
    wide, wider = Interval(0.85, 0.4, 0.97), Interval(0.81, 0.35, 0.97)
    assert of_intervals(wide, wider, Interval(0.83, 0.45, 0.97)).interval(plus).low < 1
    got = of_intervals(wide, wider, Interval(0.83, 0.72, 0.89)).interval(plus)
    # at sensitivity 0.97 a specificity of 0.47 is the least that balanced accuracy allows
    assert got.low == pytest.approx(0.97 / (1 - 0.47))
    assert got.high == pytest.approx(0.81 / 0.03)


def test_on_a_bound_the_parts_alone_count():
    one, other = Interval(1.0, 0.69, 1.0), Interval(0.8, 0.6, 0.9)
    assert of_intervals(one, other, Interval(0.9, 0.89, 0.91)).worst == ((0.69, 0.6),)


def test_what_is_nowhere_defined_has_no_interval():
    nothing = Interval(np.nan, np.nan, np.nan)
    got = of_intervals(nothing, nothing, nothing).interval(likelihood_ratio_positive)
    assert np.isnan([got.value, got.low, got.high]).all()


def test_rates_are_those_that_are_printed():
    rng = np.random.default_rng(1)
    counts = rng.integers(1, 40, (12, 4))
    jackknife = PatientJackknife(12)
    printed = jackknife.of_rates(counts, ("sensitivity", "specificity", "balanced_accuracy"))
    got = rates(jackknife, counts)
    assert got.sensitivity == printed["sensitivity"]
    balanced = got.interval(lambda found, left: np.asarray((found + left) / 2))
    assert balanced.low >= printed["balanced_accuracy"].low - 1e-9
    assert balanced.high <= printed["balanced_accuracy"].high + 1e-9


def test_newcombes_example_of_two_shares_put_together():
    """56 of 70 less 48 of 80 (Newcombe 1998, method 10): 0.20, from 0.0524 to 0.3339."""

    def wilson(share, n, z=1.959964):
        middle = (share + z**2 / 2 / n) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / 4 / n**2)
        return middle - half, middle + half

    one, other = wilson(56 / 70, 70), wilson(48 / 80, 80)
    low = 0.2 - _reach(56 / 70 - one[0], other[1] - 48 / 80, 0.0)
    high = 0.2 + _reach(one[1] - 56 / 70, 48 / 80 - other[0], 0.0)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_difference_by_hand_and_its_direction():
    counts = np.array([[60, 10, 5, 25], [70, 5, 5, 20], [50, 20, 10, 20]])
    got = difference(counts, 3, 1, 0.25)
    assert got.value == pytest.approx((65 - 0.25 * 35) / 300)
    assert got.low < got.value < got.high
    assert difference(counts, 3, 1, 0.0).value == pytest.approx(65 / 300)


def test_a_share_that_no_patient_shows_still_has_a_width():
    counts = np.array([[30, 0, 0, 10]] * 8)
    got = difference(counts, 0, 2, 9.0)
    assert got.value == pytest.approx(0.75)
    assert got.low < 0 < got.value <= got.high <= 1


def test_shares_that_move_together_make_the_difference_surer():
    rng = np.random.default_rng(2)
    hits = rng.integers(1, 30, 25)
    together = np.stack([np.full(25, 100) - 2 * hits, hits, np.zeros(25), hits], axis=1)
    apart = np.stack([np.full(25, 100) - 31, hits, np.zeros(25), 31 - hits], axis=1)
    widths = [
        each.high - each.low
        for each in (difference(together, 3, 1, 1.0), difference(apart, 3, 1, 1.0))
    ]
    assert widths[0] < 0.5 * widths[1]


def test_without_patches_it_is_not_defined_and_a_negative_weight_is_refused():
    assert np.isnan(difference(np.zeros((3, 4)), 0, 1, 1.0).value)
    with pytest.raises(ValueError, match="at least 0"):
        difference(np.ones((3, 4)), 0, 1, -1.0)
