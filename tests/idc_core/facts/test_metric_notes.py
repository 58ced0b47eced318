"""What stands in small print below a figure."""

import math

import pytest

from idc_core.facts import metric_notes


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.284, "28 %"), (0.1, "10 %"), (0.0951, "9.51 %"), (0.0, "0.00 %"), (math.nan, "–")],
)
def test_a_figure_that_moves_with_prevalence_says_the_share_of_idc(share, said):
    assert metric_notes.prevalence("9 of 12", "precision", share) == f"9 of 12 · prevalence {said}"


def test_one_that_does_not_says_only_what_it_was_counted_on():
    assert metric_notes.prevalence("9 of 12", "specificity", 0.3) == "9 of 12"


def test_an_interval_that_holds_needs_no_note():
    assert metric_notes.held("500 patients", "specificity", 500) == "500 patients"
    assert metric_notes.notes([("Specificity", "specificity", 500)]) == ""
