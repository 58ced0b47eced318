"""The threshold's figures in words."""

import math

import numpy as np
import pytest

from dashboard.widgets.sentences import as_text, defined_in, in_words
from idc_core.metrics.uncertainty import Interval


def test_an_interval_is_written_with_two_digits():
    assert as_text(Interval(0.834, 0.78, 0.881)) == "0.83 [0.78–0.88]"


def test_rates_are_said_of_a_hundred_patches():
    said = in_words(Interval(0.834, 0.78, 0.881), Interval(0.9, 0.85, 0.95), 38)
    assert "**83 are found**" in said
    assert "95 % interval 78 to 88, from 38 patients" in said
    assert "**10 raise a false alarm**" in said


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_class_is_said(missing):
    rates = [Interval(0.5, 0.4, 0.6), Interval(0.5, 0.4, 0.6)]
    rates[missing] = Interval(math.nan, math.nan, math.nan)
    assert "not defined" in in_words(*rates, 3)


def test_a_figure_rests_on_the_patients_in_whom_it_is_defined():
    """tn, fp, fn, tp: the first has no IDC, the second nothing else, the third is never called."""
    found = defined_in(np.array([[5, 1, 0, 0], [0, 0, 1, 2], [4, 0, 2, 0]]))
    assert (found["sensitivity"], found["specificity"]) == (2, 2)
    assert (found["precision"], found["npv"], found["accuracy"]) == (2, 3, 3)
