"""The worst errors are the worst, and there are none where nothing is wrong."""

import pandas as pd

from dashboard.widgets.patch_source import worst_alarm, worst_missed

ROWS = pd.DataFrame({"label": [1, 0, 1, 0, 1, 0], "score": [0.3, 0.6, 0.1, 0.9, 0.95, 0.0]})


def test_the_worst_miss_is_the_idc_patch_with_the_lowest_score():
    assert worst_missed(ROWS, 0.5) == 2


def test_the_worst_false_alarm_is_the_other_patch_with_the_highest_score():
    assert worst_alarm(ROWS, 0.5) == 3


def test_where_nothing_is_wrong_there_is_no_worst():
    assert worst_missed(ROWS, 0.0) is None
    assert worst_alarm(ROWS, 0.91) is None
    assert worst_missed(ROWS[:0], 0.5) is None


def test_a_score_on_the_threshold_is_a_call():
    assert worst_missed(ROWS, 0.1) is None
    assert worst_alarm(ROWS, 0.9) == 3


def test_the_buttons_name_the_class_as_the_run_does(tumour_run, app):
    page = app(run="small", threshold="0.0", patient="10253").open("network/maps")
    assert page.at.button(key="source_worst_missed").label == "Worst missed tumour"
    assert "first patch of this patient, as no tumour is missed" in page.text
