"""A card says the score, the call, and whether that is right where the label is known."""

import numpy as np
import pytest

from dashboard.charts.patches import PatchFacts, Taken
from dashboard.charts.theme import COLOURS
from dashboard.widgets.prediction_cards import card


def patch(label):
    return Taken(np.zeros((50, 50, 3), np.uint8), PatchFacts("<b>a</b>.png", label=label))


@pytest.mark.parametrize(
    ("label", "score", "call", "said", "outcome"),
    [
        (1, 0.5, "predicted IDC", "Labelled IDC: IDC found (TP)", "tp"),
        (1, 0.4, "predicted no IDC", "Labelled IDC: missed IDC (FN)", "fn"),
        (0, 0.9, "predicted IDC", "Labelled no IDC: false alarm (FP)", "fp"),
        (0, 0.1, "predicted no IDC", "Labelled no IDC: true negative (TN)", "tn"),
    ],
)
def test_call_and_outcome_are_said_in_words_and_in_one_colour(label, score, call, said, outcome):
    drawn = card(patch(label), score, 0.5)
    assert (drawn["call"], drawn["label"], drawn["colour"]) == (call, said, COLOURS[outcome])


def test_without_a_label_nothing_is_judged():
    drawn = card(patch(None), 0.9, 0.5)
    assert (drawn["label"], drawn["colour"]) == ("Label unknown", "transparent")


def test_a_file_name_is_passed_on_as_it_is_because_the_card_sets_it_as_text():
    assert card(patch(1), 0.9, 0.5)["name"] == "<b>a</b>.png"
