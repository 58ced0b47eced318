"""Figures from the intervals of their parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.leave_one_out import Interval, wilson
from idc_core.metrics.parts import square_and_add
from idc_core.metrics.uncertainty import PatientJackknife

COMPOSED = {
    name: each.rate.made_of for name, each in METRICS.items() if each.rate and each.rate.made_of
}


def test_newcombes_example_of_a_difference_of_shares():
    """56/70 and 48/80 (Newcombe 1998, table II, method 10): 0.2000 [0.0524, 0.3339].

    A difference falls with its second part, so that part enters with its sign turned.
    """
    low, high = wilson(np.array([56 / 70, 48 / 80]), np.array([70.0, 80.0]))
    one, other = Interval(0.8, low[0], high[0]), Interval(-0.6, -high[1], -low[1])
    low, high = square_and_add(sum, [one, other])
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=2e-4)


def test_nothing_found_and_nothing_called_falsely_is_not_surely_one_half():
    """What stood on the page was 0.50 [0.50-0.50] beside [0-0.36] and [0.84-1]."""
    found = PatientJackknife(7).of_rates(
        [[90, 0, 5, 0]] * 7, ("balanced_accuracy", "sensitivity", "specificity")
    )
    low = found["specificity"].low
    assert found["balanced_accuracy"].value == 0.5
    assert found["balanced_accuracy"].low == pytest.approx(0.5 - (1 - low) / 2)
    assert found["balanced_accuracy"].high == pytest.approx(0.5 + found["sensitivity"].high / 2)


@pytest.mark.parametrize("name", COMPOSED)
def test_a_part_on_its_bound_widens_what_it_is_a_part_of(name):
    rng = np.random.default_rng(1)
    counts = np.stack([rng.integers(30, 60, 10), np.zeros(10), *rng.integers(5, 30, (2, 10))], 1)
    found = PatientJackknife(10).of_rates(counts, (*RATES,))
    alone = PatientJackknife(10)._rates(counts, (name,))[name]
    assert found[name].low < alone.low - 0.01
    assert found[name].low <= found[name].value <= found[name].high


def test_composed_rates_are_those_of_the_matrix():
    rng = np.random.default_rng(2)
    counts = rng.integers(1, 50, 4)
    prevalence = counts[2:].sum() / counts.sum()
    for name, composed in COMPOSED.items():
        parts = [float(RATES[part](*counts)) for part in composed.parts]
        assert composed.of(parts, prevalence) == pytest.approx(float(RATES[name](*counts)))


worlds = st.lists(
    st.tuples(*[st.sampled_from([0, 0, 1, 3]) | st.integers(0, 900)] * 4), min_size=1, max_size=9
)


@settings(max_examples=150, deadline=None)
@given(worlds)
def test_every_rate_of_any_small_world_lies_in_its_interval(counts):
    """And where it is defined the interval has a width."""
    table = np.array(counts, dtype=float)
    for name, found in PatientJackknife(len(table)).of_rates(table, tuple(RATES)).items():
        if np.isnan(found.value):
            assert np.isnan([found.low, found.high]).all()
            continue
        assert found.low <= found.value + 1e-12, name
        assert found.value - 1e-12 <= found.high, name
        assert found.high - found.low > 1e-6, name
