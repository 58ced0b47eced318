"""The threshold's own uncertainty, in numbers beside the test figures."""

import math

from dashboard.views.operating_point.threshold.uncertainty import in_words
from idc_core.metrics import coverage
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import USUAL, Raster

RANKED = Ranked([1, 1, 1, 1, 0, 0, 0, 0], [0.9, 0.6, 0.45, 0.2, 0.1, 0.35, 0.5, 0.7])


def test_the_range_is_said_with_what_it_means_on_test():
    said = in_words(Interval(0.4, 0.31, 0.52), "sensitivity>=0.9", 39, RANKED, "test", USUAL)
    # predicted IDC from 0.31: three of four IDC, three of four others; from 0.52: two and one
    assert "chose 0.400 on 39 patients" in said
    assert "between 0.310 and 0.520 (95 %" in said
    assert "On test that means sensitivity 0.50–0.75 and specificity 0.25–0.75" in said
    assert "take the threshold as given" in said


def test_too_few_patients_are_said():
    said = in_words(Interval(0.4, math.nan, math.nan), "f1", 1, RANKED, "test", USUAL)
    assert said == "“best F1” chose 0.400 on 1 patient; too few to estimate its uncertainty."


def test_a_missing_class_on_the_split_is_a_dash():
    said = in_words(Interval(0.4, 0.3, 0.5), "f1", 9, Ranked([0, 0], [0.2, 0.6]), "test", USUAL)
    assert "sensitivity – and specificity 0.50–0.50" in said


def test_how_often_the_range_holds_stands_beside_it_where_that_is_less_than_promised(monkeypatch):
    short = {"threshold_by_sensitivity": (91,) * 7, "threshold_by_the_best": (78,) * 7}
    monkeypatch.setattr(coverage, "REACHED", short)
    said = in_words(Interval(0.4, 0.31, 0.52), "sensitivity>=0.9", 39, RANKED, "test", USUAL)
    assert "0.520 (95 %; interval holds about 91 % with so few patients)." in said
    said = in_words(Interval(0.4, 0.31, 0.52), "f1", 39, RANKED, "test", USUAL)
    assert said.endswith("chose 0.400 on 39 patients; too few to estimate its uncertainty.")


def test_a_rule_is_said_with_the_names_of_the_classes():
    raster = Raster(positive="tumour*", negative="stroma")
    said = in_words(Interval(0.4, math.nan, math.nan), "cost:5", 39, RANKED, "test", raster)
    assert said.startswith("“one missed tumour\\* patch weighs as much as 5 false alarms” chose")
    said = in_words(Interval(0.4, math.nan, math.nan), "calls<=0.2", 39, RANKED, "test", USUAL)
    assert said.startswith("“at most 20 % of the patches predicted IDC” chose 0.400")
