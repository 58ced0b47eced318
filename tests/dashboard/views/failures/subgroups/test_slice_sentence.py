"""What is said about the weakest slice, and how sure it is said to be."""

from dataclasses import replace

import numpy as np

from dashboard.cache.slices import Cuts, in_words, sentence
from dashboard.views.failures.subgroups.slice_sentence import _means, how, looks
from idc_core.evaluate.slices.attributes import white
from idc_core.evaluate.slices.table import Slice, Sliced
from idc_core.evaluate.slices.weakest import Weakest
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster

NOTHING = Interval(*3 * (float("nan"),))


def made(title="White share", label="5–30 %", patients=30):
    return Slice(
        "white",
        title,
        label,
        label,
        900,
        patients,
        300,
        300,
        patients,
        "sensitivity",
        Interval(0.481, 0.35, 0.615),
        Interval(-0.377, -0.48, -0.28),
        {},
    )


def test_the_weakest_is_named_with_interval_and_distance():
    said = sentence(Weakest(made(), made(), 20), "sensitivity", USUAL)
    assert said == (
        "Weakest: white share 5–30 %, sensitivity 0.48 (95 % between 0.35 and 0.61), "
        "0.38 below the rest."
    )


def test_nothing_is_called_weakest_where_none_is_surely_so():
    said = sentence(Weakest(None, made(), 20), "sensitivity", USUAL)
    assert said == (
        "No subgroup is shown to be below the rest. Lowest: white share 5–30 %, sensitivity 0.48."
    )
    assert "enough patches" in sentence(Weakest(None, None, 0), "roc_auc", USUAL)


def test_a_value_in_words_is_set_off_by_a_comma():
    assert in_words(made("Eosin", "lowest quarter")) == "eosin, lowest quarter"


def test_the_number_of_looks_is_said():
    said = looks(Weakest(made(), made(), 40), made())
    assert said.startswith("40 subgroups were compared")
    assert "one would be named in at most 5 of 100 such splits" in said
    assert "has at least 5 patients and 50 patches" in looks(Weakest(None, None, 0), made())


def test_how_an_attribute_was_made_says_how_many_it_leaves_out():
    cut = Sliced(white([0.1, np.nan, np.nan]), 1, None, None)
    assert how(Cuts({"white": cut})).endswith("at least 220. Not known for 2 patches.")


def test_by_f1_no_slice_is_called_weakest():
    said = sentence(Weakest(None, made(), 20, ranked=False), "f1", USUAL)
    assert said.startswith("No subgroup is named weakest by F1: it rises with the share of IDC")


def test_shares_are_of_the_class_that_the_store_looks_for():
    raster = Raster(positive="tumour", negative="stroma")
    said = sentence(Weakest(None, made(), 20, ranked=False), "f1", raster)
    assert said == (
        "No subgroup is named weakest by F1: it rises with the share of tumour, which differs "
        "between subgroups. Compare by balanced accuracy or ROC-AUC."
    )


def test_the_weakest_is_said_in_patches_of_the_class_that_the_store_looks_for():
    rates = {"sensitivity": Interval(0.481, 0.35, 0.615), "specificity": Interval(0.9, 0.8, 1)}
    worst = replace(made(), rates=rates)
    for raster, positive in (
        (USUAL, "IDC"),
        (Raster(positive="tumour", negative="stroma"), "tumour"),
    ):
        assert _means(worst, raster) == (
            f" There, of 100 {positive} patches 48 are found, and of 100 without {positive} 10 "
            "raise a false alarm."
        )
