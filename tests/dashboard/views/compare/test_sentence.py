"""The answer in words: how far, fixed and broken, and whether it is shown."""

import numpy as np
import pytest

from dashboard.views.compare import sentence
from dashboard.views.compare.sentence import difference, points, ranking, standing
from idc_core.metrics.paired import CELLS, Paired
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster

NAN = float("nan")
NAMES = ("mine", "theirs_2")


def paired(value, low, high):
    return Paired(Interval(0.8, 0.7, 0.9), Interval(0.8, 0.7, 0.9), Interval(value, low, high))


def cells(**counts):
    found = np.zeros((2, 8), dtype=np.int64)
    for name, count in counts.items():
        found[:, CELLS.index(name)] = count
    return found


def in_words(found, left, moved, names, raster=USUAL):
    judged = {"sensitivity": found.difference, "specificity": left.difference}
    return sentence.in_words(found, left, moved, names, judged, raster)


BETTER, WORSE, OPEN = (0.04, 0.01, 0.07), (-0.04, -0.07, -0.01), (0.01, -0.02, 0.04)
MOVED = cells(fixed_idc=[5, 0], broken_no_idc=[1, 2])


@pytest.mark.parametrize(
    ("found", "left", "said"),
    [
        (BETTER, BETTER, "B is better at both"),
        (WORSE, WORSE, "A is better at both"),
        (BETTER, WORSE, "B finds more IDC and raises more false alarms"),
        (WORSE, BETTER, "B finds less IDC and raises fewer false alarms"),
        (BETTER, OPEN, "B is shown to find more IDC"),
        (WORSE, OPEN, "B is shown to find less IDC"),
        (OPEN, BETTER, "B is shown to raise fewer false alarms"),
        (OPEN, WORSE, "B is shown to raise more false alarms"),
        (OPEN, OPEN, "Not shown to be better or worse"),
    ],
)
def test_the_verdict_follows_from_both_intervals(found, left, said):
    assert said in in_words(paired(*found), paired(*left), MOVED, NAMES)


def test_differences_fixed_and_broken_are_said():
    said = in_words(paired(*BETTER), paired(*WORSE), MOVED, NAMES)
    assert r"**B (theirs\_2)** has sensitivity **4.0 points higher** [+1.0 to +7.0]" in said
    assert "specificity **4.0 points lower** [−7.0 to −1.0]" in said
    assert "It fixes 5 patches in 1 patient and breaks 3 patches in 2 patients." in said


def test_models_that_agree_everywhere_do_not_differ():
    said = in_words(paired(0, 0, 0), paired(0, 0, 0), cells(both_found=9), NAMES)
    assert "the same prediction" in said
    assert "for every patch" in said


def test_what_is_not_defined_is_said_so():
    said = in_words(paired(NAN, NAN, NAN), paired(*WORSE), MOVED, NAMES)
    assert "has no defined sensitivity (a class is missing)" in said
    assert "shown" not in said


def test_a_difference_that_rounds_to_nothing_is_the_same_share():
    said = in_words(paired(0.0001, -0.01, 0.01), paired(*OPEN), MOVED, NAMES)
    assert "has the same sensitivity" in said


@pytest.mark.parametrize(
    ("interval", "side"),
    [
        (BETTER, "better"),
        (WORSE, "worse"),
        (OPEN, "open"),
        ((NAN, NAN, NAN), ""),
        ((0.0, 0.0, 0.0), "open"),
        ((0.1, NAN, NAN), ""),
    ],
)
def test_an_interval_that_holds_zero_shows_nothing(interval, side):
    assert standing(Interval(*interval)) == side


def test_ranking_over_all_thresholds_is_said_apart():
    assert "B ranks better" in ranking(Interval(*BETTER))
    assert "neither is shown to rank better" in ranking(Interval(*OPEN))
    assert ranking(Interval(NAN, NAN, NAN)) == ""


def test_points_carry_a_sign_and_no_negative_zero():
    assert [points(value) for value in (0.05, -0.05, -0.0001, NAN)] == ["+5.0", "−5.0", "0.0", "–"]
    assert difference(Interval(NAN, NAN, NAN)) == "–"


def test_the_verdict_is_of_differences_judged_together_and_the_print_of_each_alone():
    open_now = {"sensitivity": Interval(*OPEN), "specificity": Interval(*OPEN)}
    said = sentence.in_words(paired(*BETTER), paired(*BETTER), MOVED, NAMES, open_now, USUAL)
    assert "[+1.0 to +7.0]" in said
    assert "Not shown to be better or worse" in said


def test_a_difference_without_an_interval_shows_no_brackets():
    assert difference(Interval(0.05, NAN, NAN)) == "+5.0"
    assert "[" not in in_words(paired(0.1, NAN, NAN), paired(0.1, NAN, NAN), MOVED, NAMES)


@pytest.mark.parametrize(
    ("found", "left", "said"),
    [
        (BETTER, WORSE, "B finds more tumour and raises more false alarms"),
        (WORSE, BETTER, "B finds less tumour and raises fewer false alarms"),
        (BETTER, OPEN, "**B is shown to find more tumour**; for specificity"),
        (WORSE, OPEN, "**B is shown to find less tumour**; for specificity"),
    ],
)
def test_the_verdict_is_of_the_class_that_the_store_looks_for(found, left, said):
    raster = Raster(positive="tumour", negative="stroma")
    assert said in in_words(paired(*found), paired(*left), MOVED, NAMES, raster)


def test_a_name_of_a_class_is_no_markdown():
    said = in_words(paired(*BETTER), paired(*OPEN), MOVED, NAMES, Raster(positive="a*b"))
    assert "find more a\\*b**" in said
