"""The worklist: order, counts, and where burden is not defined."""

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import predictions
from dashboard.views.patients.worklist import judged_errors, worklist
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import USUAL
from idc_core.runs.patient_counts import by_patient


@pytest.fixture
def found():
    rows = pd.DataFrame(
        {
            "patient": ["08863"] * 4 + ["9035"] * 4 + ["9999"] * 2,
            "x": [1, 51, 101, 151, 1, 51, 101, 151, 1, 51],
            "y": 1,
            "label": [1, 1, 0, 0, 1, 0, 0, 0, 0, 0],
            "score": [0.9, 0.8, 0.1, 0.2, 0.2, 0.7, 0.8, 0.1, 0.1, 0.6],
        }
    )
    patients = by_patient(rows)
    ranked = Ranked(rows["label"], rows["score"])
    return predictions.SplitScores(
        ranked, patients, PatientJackknife(3, resamples=10), USUAL, 0, rows
    )


def test_most_errors_come_first(found):
    table = worklist(found, 0.5, frozenset())
    assert table["patient"].tolist() == ["9035", "9999", "08863"]
    assert table["fn"].tolist() == [1, 0, 0]
    assert table["fp"].tolist() == [2, 1, 0]


def test_burden_is_defined_for_whole_patients_only(found):
    table = worklist(found, 0.5, frozenset(["9035"])).set_index("patient")
    assert table.loc["9035", "burden"] == 0.25
    assert table.loc["9035", "predicted"] == 0.5
    assert table.loc["9035", "tissue"] == "whole"
    assert np.isnan(table.loc["08863", "burden"])
    assert table.loc["08863", "tissue"] == "sample"


def test_a_patient_without_idc_has_no_sensitivity(found):
    table = worklist(found, 0.5, frozenset()).set_index("patient")
    assert np.isnan(table.loc["9999", "sensitivity"])
    assert table.loc["9999", "specificity"] == 0.5


def test_errors_with_a_verdict_no_longer_come_first(found):
    standing = pd.DataFrame({"patient": ["9035"] * 3, "x": [1, 51, 101], "y": 1})
    judged = judged_errors(found, 0.5, standing)
    assert judged.to_dict() == {"9035": 3}
    table = worklist(found, 0.5, frozenset(), judged)
    assert table["patient"].tolist() == ["9999", "08863", "9035"]
    assert table.set_index("patient").loc["9035", "reviewed"] == 1
    assert np.isnan(table.set_index("patient").loc["08863", "reviewed"])


def test_a_verdict_on_what_is_no_error_is_no_progress(found):
    standing = pd.DataFrame({"patient": ["9035", "gone"], "x": [151, 1], "y": 1})
    assert judged_errors(found, 0.5, standing).to_dict() == {"9035": 0, "gone": 0}
