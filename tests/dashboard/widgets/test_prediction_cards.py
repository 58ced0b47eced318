"""A card shows score and prediction and, if the label is known, the outcome."""

import numpy as np
import pytest

from dashboard.charts.patches import PatchFacts, Taken
from dashboard.charts.theme import COLOURS
from dashboard.widgets.prediction_cards import card
from idc_core.records.raster import USUAL, Raster


def patch(label):
    return Taken(np.zeros((50, 50, 3), np.uint8), PatchFacts("<b>a</b>.png", label=label))


@pytest.mark.parametrize(
    ("label", "score", "prediction", "judged", "outcome"),
    [
        (1, 0.5, "predicted IDC", "Labelled IDC: IDC found (TP)", "tp"),
        (1, 0.4, "predicted no IDC", "Labelled IDC: missed IDC (FN)", "fn"),
        (0, 0.9, "predicted IDC", "Labelled no IDC: false alarm (FP)", "fp"),
        (0, 0.1, "predicted no IDC", "Labelled no IDC: true negative (TN)", "tn"),
    ],
)
def test_prediction_and_outcome_in_words_and_colour(label, score, prediction, judged, outcome):
    drawn = card(patch(label), score, 0.5, USUAL)
    assert (drawn["prediction"], drawn["label"]) == (prediction, judged)
    assert drawn["colour"] == COLOURS[outcome]


def test_the_classes_are_called_as_the_store_calls_them():
    drawn = card(patch(0), 0.9, 0.5, Raster(positive="tumour", negative="stroma"))
    assert drawn["prediction"] == "predicted tumour"
    assert drawn["label"] == "Labelled stroma: false alarm (FP)"


def test_without_a_label_there_is_no_outcome():
    drawn = card(patch(None), 0.9, 0.5, USUAL)
    assert (drawn["label"], drawn["colour"]) == ("Label unknown", "transparent")


def test_a_file_name_is_passed_on_as_it_is_because_the_card_sets_it_as_text():
    assert card(patch(1), 0.9, 0.5, USUAL)["name"] == "<b>a</b>.png"
