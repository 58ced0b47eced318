"""Scores so close together that a histogram from 0 to 1 would show one bar."""

import numpy as np
import pytest

from idc_core.metrics.corner import FAR, in_a_corner, log_odds
from idc_core.metrics.curves import Ranked


def ranked(negative, positive):
    return Ranked([0] * len(negative) + [1] * len(positive), [*negative, *positive])


@pytest.mark.parametrize(
    ("negative", "positive", "expected"),
    [
        ([0.01, 0.02], [0.05, 0.09], True),
        ([0.01, 0.02], [0.05, 0.12, 0.12], False),
        ([0.91, 0.95], [0.99, 1.0], True),
        ([0.91, 0.95], [0.0, 0.99], False),
        ([0.5, 0.5], [0.5, 0.5], False),  # all equal: there is nothing to tell apart
    ],
)
def test_both_classes_must_lie_closer_together_than_a_tenth(negative, positive, expected):
    assert in_a_corner(ranked(negative, positive)) is expected


def test_one_score_in_a_hundred_of_a_class_may_lie_outside_at_either_end_and_no_more():
    inside = [0.02] * 99
    assert in_a_corner(ranked([*inside, 0.9, 0.01], [0.03] * 10))
    assert not in_a_corner(ranked([0.02] * 97 + [0.9] * 3, [0.03] * 10))
    high = [0.98] * 99
    assert in_a_corner(ranked([0.1, *high, 0.99], [0.97] * 10))
    assert not in_a_corner(ranked([0.1] * 3 + [0.98] * 97, [0.97] * 10))


def test_log_odds_are_those_of_the_formula_and_end_where_a_double_ends():
    found = log_odds(np.array([0, 0.2, 0.8, 1]))
    np.testing.assert_allclose(found, [-FAR, np.log(0.25), np.log(4), FAR])
