"""Verdicts that were given before there was a label."""

import pandas as pd

from idc_core.reviews import labelled_since

SEEN = pd.DataFrame(
    {"patient": ["A", "A", "B", "B"], "x": [1, 51, 1, 51], "y": 1, "label": [-1, 0, -1, -1]}
)
NOW = pd.DataFrame(
    {"patient": ["A", "A", "B", "B"], "x": [51, 1, 1, 101], "y": 1, "label": [1, 1, -1, 0]}
).astype({"patient": "category"})


def test_only_what_was_unknown_takes_the_label_of_today():
    found = labelled_since(SEEN, NOW)
    # What a reader saw stays; a patch that has no label yet, or is not there, has none.
    assert found["label"].tolist() == [1, 0, -1, -1]
    assert SEEN["label"].tolist() == [-1, 0, -1, -1]


def test_the_slide_tells_two_patches_of_a_patient_apart():
    seen = pd.DataFrame({"patient": "A", "slide": ["a", "b"], "x": 1, "y": 1, "label": -1})
    now = seen.assign(label=[0, 1]).iloc[::-1]
    assert labelled_since(seen, now)["label"].tolist() == [0, 1]


def test_without_verdicts_there_are_none():
    assert labelled_since(SEEN.iloc[:0], NOW).empty
