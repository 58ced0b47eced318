"""What the page Calibration says first."""

import math

from dashboard.views.calibration.sentence import in_words, notes, signed
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.coverage_reached import PATIENTS
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster

NOTHING = Interval(math.nan, math.nan, math.nan)


def made(large=(0.0, -0.5, 0.5), slope=(1.0, 0.8, 1.2), joint=(0.4, 0.1, 0.7)):
    return Fitted(
        Interval(-0.05, -0.09, -0.01), Interval(*large), Interval(*slope), Interval(*joint)
    )


def test_scores_that_are_too_low_over_all_are_said_to_be():
    said = in_words(made(large=(0.5, 0.2, 0.8)), 30, USUAL)
    assert "**On average the scores are too low**: mean score minus share of IDC is −0.05" in said
    assert "is −0.05 [−0.09 to −0.01]." in said
    assert "From 30 patients." in said


def test_the_joint_intercept_accuses_nobody():
    said = in_words(made(joint=(3.0, 2.9, 3.1)), 30, USUAL)
    assert "not shown to be too high or too low" in said
    assert "the intercept is 3.00 [2.90 to 3.10]" in notes(made(joint=(3.0, 2.9, 3.1)), 30)


def test_an_interval_that_just_leaves_out_what_is_right_accuses_nobody():
    """Two figures are looked at: each must be off by more than its own interval says."""
    assert "not shown" in in_words(made(large=(0.5, 0.01, 0.99)), 30, USUAL)
    assert "too low" in in_words(made(large=(0.5, 0.1, 0.9)), 30, USUAL)


def test_a_slope_is_bold_below_one_and_timid_above():
    assert "**They are overconfident** (slope 0.60 [0.50 to 0.70])" in in_words(
        made(slope=(0.6, 0.5, 0.7)), 30, USUAL
    )
    assert "underconfident" in in_words(made(slope=(1.6, 1.4, 1.8)), 30, USUAL)


def test_what_is_not_defined_is_said():
    nothing = Fitted(NOTHING, NOTHING, NOTHING, NOTHING)
    assert "One class is missing" in in_words(nothing, 3, USUAL)
    one_score = Fitted(NOTHING, Interval(0.1, -1, 1), NOTHING, NOTHING)
    assert "the slope is not defined" in in_words(one_score, 3, USUAL)


def test_a_figure_without_an_interval_stands_alone_and_zero_has_no_sign():
    assert signed(Interval(0.5, math.nan, math.nan)) == "0.50"
    assert signed(Interval(-0.001, -0.2, 0.1)) == "0.00 [−0.20 to 0.10]"
    assert signed(NOTHING) == "–"
    assert signed(Interval(0.9, -math.inf, 1.4)) == "0.90 [at most 1.40]"
    assert "not shown to be over- or underconfident" in in_words(
        made(slope=(0.9, -math.inf, 1.4)), 30, USUAL
    )


def test_from_fewer_patients_than_were_simulated_nothing_is_shown_and_no_interval_printed():
    far = made(large=(2.0, 1.5, 2.5), slope=(0.2, 0.1, 0.3))
    assert "**They are overconfident** (slope 0.20 [0.10 to 0.30])." in in_words(far, 30, USUAL)
    said = in_words(far, PATIENTS[0] - 1, USUAL)
    assert "**not shown to be too high or too low**" in said
    assert "not shown to be over- or underconfident (slope 0.20)" in said
    assert "[" not in said


def test_the_mean_score_is_held_against_the_share_of_the_class_that_the_store_looks_for():
    raster = Raster(positive="tumour", negative="stroma")
    said = in_words(made(large=(0.5, 0.2, 0.8)), 30, raster)
    assert "mean score minus share of tumour is −0.05 [−0.09 to −0.01]." in said
