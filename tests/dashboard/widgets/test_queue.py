"""Which patches are looked at, in which order, and which one comes next."""

import numpy as np
import pandas as pd

from dashboard.widgets import queue
from idc_core.records.raster import USUAL, Raster


def test_the_step_goes_around_the_end():
    line = [(1, 1), (51, 1), (101, 1)]
    assert queue.step(line, (101, 1), 1) == (1, 1)
    assert queue.step(line, (1, 1), -1) == (101, 1)


def test_from_a_patch_outside_one_steps_to_the_first():
    assert queue.step([(1, 1)], (999, 1), 1) == (1, 1)
    assert queue.step([], (1, 1), 1) is None


def test_after_a_verdict_comes_the_next_patch_without_one():
    line = [(1, 1), (51, 1), (101, 1), (151, 1)]
    assert queue.after(line, (51, 1), {(101, 1)}) == "x151_y1"
    assert queue.after(line, (151, 1), {(1, 1)}) == "x51_y1"


def test_when_all_others_have_a_verdict_one_stays():
    assert queue.after([(1, 1), (51, 1)], (51, 1), {(1, 1)}) is None


def test_places_are_whole_numbers_for_the_address():
    rows = pd.DataFrame({"x": np.int32([1]), "y": np.int32([51])})
    assert queue.places(rows) == [(1, 51)]
    assert type(queue.places(rows)[0][0]) is int


def test_why_a_patch_is_not_in_the_list_is_said_in_words():
    found = pd.Series({"outcome": "tp", "kind": "border"})
    assert queue.left_out(found, USUAL) == (
        "IDC found (TP) at this threshold, and the list shows all errors"
    )
    missed = pd.Series({"outcome": "fn", "kind": "border"})
    assert queue.left_out(missed, USUAL) == "border, and the list shows anywhere"


def test_the_lists_are_called_as_the_store_calls_its_classes():
    raster = Raster(positive="tumour", negative="stroma")
    assert queue.which_of(raster) == {
        "errors": "all errors",
        "missed": "missed tumour",
        "alarms": "false alarms",
        "all": "all patches",
        "unlabelled": "patches without a label",
    }
    found = pd.Series({"outcome": "tp", "kind": "border"})
    assert queue.left_out(found, raster) == (
        "tumour found (TP) at this threshold, and the list shows all errors"
    )
