"""The threshold's figures in words."""

import math

import numpy as np
import pytest

from dashboard.widgets.sentences import as_text, counted, defined_in, in_words, said
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster


def test_an_interval_is_written_with_two_digits():
    assert as_text(Interval(0.834, 0.78, 0.881)) == "0.83 [0.78–0.88]"


def test_rates_are_said_of_a_hundred_patches():
    said = in_words(Interval(0.834, 0.78, 0.881), Interval(0.9, 0.85, 0.95), 38, USUAL)
    assert "**83 are found**" in said
    assert "95 % interval 78 to 88, from 38 patients" in said
    assert "**10 raise a false alarm**" in said


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_class_is_said(missing):
    rates = [Interval(0.5, 0.4, 0.6), Interval(0.5, 0.4, 0.6)]
    rates[missing] = Interval(math.nan, math.nan, math.nan)
    assert "not defined" in in_words(*rates, 3, USUAL)


def test_a_figure_rests_on_the_patients_in_whom_it_is_defined():
    """tn, fp, fn, tp: the first has no IDC, the second nothing else, the third is never called."""
    found = defined_in(np.array([[5, 1, 0, 0], [0, 0, 1, 2], [4, 0, 2, 0]]))
    assert (found["sensitivity"], found["specificity"]) == (2, 2)
    assert (found["precision"], found["npv"], found["accuracy"]) == (2, 3, 3)


TUMOUR = Raster(positive="tumour", negative="stroma")
RATE = Interval(0.834, 0.78, 0.881)


def test_both_rates_are_said_of_the_classes_of_the_store():
    high = Interval(0.9, 0.85, 0.95)
    assert in_words(RATE, high, 38, TUMOUR) == (
        "Of 100 tumour patches, **83 are found** (95 % interval 78 to 88, from 38 patients); of "
        "100 patches without tumour, **10 raise a false alarm**."
    )
    # A name is text: Markdown in it shows as it was written.
    assert "Of 100 a\\*b patches" in in_words(RATE, high, 38, Raster(positive="a*b"))


def test_every_rate_is_said_of_the_classes_of_the_store():
    rest = "; 95 % interval 78 to 88, from 38 patients."
    assert said("npv", RATE, 38, USUAL) == f"Of 100 patches predicted no IDC, 83 have none{rest}"
    assert said("npv", RATE, 38, TUMOUR) == (
        f"Of 100 patches predicted stroma, 83 have no tumour{rest}"
    )
    missing = Interval(math.nan, math.nan, math.nan)
    assert said("sensitivity", missing, 0, USUAL) == "Not defined here: there is no IDC patch."
    assert said("sensitivity", missing, 0, TUMOUR) == (
        "Not defined here: there is no tumour patch."
    )
    for name in RATES:
        for found in (RATE, missing):
            assert "IDC" not in said(name, found, 38, TUMOUR)


def test_what_a_rate_is_counted_on_has_the_names_of_the_store():
    of = counted(Confusion(tn=7, fp=2, fn=1, tp=3), TUMOUR)
    assert of["sensitivity"] == "3 of 4 tumour patches"
    assert of["specificity"] == "7 of 9 patches without tumour"
    assert counted(Confusion(tn=7, fp=2, fn=1, tp=3), USUAL)["sensitivity"] == "3 of 4 IDC patches"
    assert not [words for words in of.values() if "IDC" in words]
