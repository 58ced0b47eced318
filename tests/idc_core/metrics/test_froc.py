"""Lesions found against false alarms per slide."""

import numpy as np
import pytest

from idc_core.metrics.froc import RATES, Froc


@pytest.fixture
def found():
    """Two patients of a slide each with 4 and 1 lesions, at three thresholds."""
    return Froc(
        np.array([0.9, 0.5, 0.1]),
        np.array([[1.0, 0], [2, 1], [4, 1]]),
        np.array([[0.0, 0], [1, 1], [6, 3]]),
        np.array([4.0, 1]),
        np.ones(2),
    )


def test_shares_and_alarms_by_hand(found):
    assert found.sensitivity.tolist() == [0.2, 0.6, 1.0]
    assert found.per_slide.tolist() == [0, 1, 4.5]


def test_the_best_threshold_within_a_rate_is_taken(found):
    assert found.at(0.5)[0] == 0.9
    assert found.at(1)[0] == 0.5
    assert found.at(8)[1].value == 1.0


def test_the_score_is_the_mean_over_the_rates(found):
    # ¼ and ½: .2; 1, 2 and 4: .6; 8: 1
    assert found.score.value == pytest.approx((0.2 * 2 + 0.6 * 3 + 1.0) / len(RATES))


def test_the_interval_holds_the_share(found):
    interval = found.at(1)[1]
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


def test_without_lesions_nothing_is_defined(found):
    none = Froc(found.thresholds, 0 * found.hits, found.false_alarms, np.zeros(2), np.ones(2))
    assert np.isnan(none.sensitivity).all()
    assert np.isnan(none.score.value)


def test_false_alarms_above_every_rate_leave_no_sensitivity(found):
    many = Froc(found.thresholds, found.hits, found.false_alarms + 100, found.lesions, np.ones(2))
    assert np.isnan(many.at(8)[1].value)


def test_score_and_alarms_have_intervals_within_their_bounds(found):
    score, alarms = found.score, found.alarms(2)
    assert 0 <= score.low < score.value < score.high <= 1
    assert 0 < alarms.low < alarms.value == 4.5 < alarms.high


def test_no_false_alarm_on_two_slides_does_not_exclude_one():
    none = Froc(
        np.array([0.9]), np.array([[1.0, 0]]), np.zeros((1, 2)), np.array([4.0, 1]), np.ones(2)
    )
    assert (none.alarms(0).value, none.alarms(0).low) == (0, 0)
    assert none.alarms(0).high > 1


def test_alarms_are_per_slide_and_left_out_by_patient(found):
    three = Froc(
        found.thresholds, found.hits, found.false_alarms, found.lesions, np.array([2.0, 1])
    )
    assert three.per_slide.tolist() == [0, 2 / 3, 3]
    assert three.at(1)[0] == 0.5
    assert three.alarms(2).value == 3.0
    # Without either patient 3 a slide are left: patients that are all alike say nothing of spread.
    assert np.isnan(three.alarms(2).low)
    other = Froc(
        found.thresholds, found.hits, found.false_alarms, found.lesions, np.array([1.0, 2])
    )
    assert other.alarms(2).low < other.alarms(2).value == 3.0 < other.alarms(2).high
