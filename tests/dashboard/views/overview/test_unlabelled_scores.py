"""Scores of a run without labels, by patient."""

import pandas as pd

from dashboard.views.overview.unlabelled_scores import by_patient
from idc_core.records.raster import USUAL, Raster


def test_each_patient_has_its_shares_and_scores_and_the_largest_share_comes_first():
    rows = pd.DataFrame(
        {"patient": ["a", "b", "a", "a", "b"], "label": -1, "score": [0.1, 0.5, 0.9, 0.2, 0.7]}
    )
    table = by_patient(rows, 0.5, USUAL)
    assert table.drop(columns=["share predicted IDC", "mean score"]).values.tolist() == [
        ["b", 2, 2, 0.7],
        ["a", 3, 1, 0.9],
    ]
    assert table["share predicted IDC"].tolist() == [1.0, 1 / 3]
    assert table["mean score"].round(6).tolist() == [0.6, 0.4]


def test_its_columns_name_the_class_as_the_store_does():
    rows = pd.DataFrame({"patient": ["a"], "label": -1, "score": [0.9]})
    table = by_patient(rows, 0.5, Raster(positive="tumour", negative="stroma"))
    assert list(table) == [
        "patient",
        "patches",
        "predicted tumour",
        "share predicted tumour",
        "mean score",
        "highest score",
    ]
