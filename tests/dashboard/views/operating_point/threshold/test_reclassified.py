"""What a move of the threshold changes, in words."""

import numpy as np

from dashboard.views.operating_point.threshold.reclassified import in_words
from idc_core.evaluate.reclassified import Flips
from idc_core.records.raster import USUAL


def moved(*better, called=True):
    return Flips(np.arange(len(better)), np.array(better, bool), called)


def test_a_move_that_changes_nothing_names_both_thresholds():
    said = in_words(moved(), 0, 0.25, 0.5, USUAL)
    assert said == "From 0.250 to 0.500 no prediction changes."


def test_patches_and_patients_are_counted_and_what_they_are_now_is_said():
    assert in_words(moved(1, 0, 0, called=False), 2, 0.25, 0.5, USUAL) == (
        "From 0.250 to 0.500, **3 patches in 2 patients are reclassified** and now predicted no "
        "IDC: 1 from wrong to correct, 2 from correct to wrong."
    )
    assert in_words(moved(1), 1, 0.5, 0.25, USUAL) == (
        "From 0.500 to 0.250, **1 patch in 1 patient is reclassified** and now predicted IDC: 1 "
        "from wrong to correct, 0 from correct to wrong."
    )
