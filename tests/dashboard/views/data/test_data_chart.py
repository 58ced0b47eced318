"""Patients of a data set as dots."""

import pandas as pd
import pytest

from dashboard.views.data.data_chart import (
    patient_table,
    patients_chart,
    unlabelled_words,
    whole_words,
)
from idc_core.records.raster import USUAL, Raster

INDEX = pd.DataFrame(
    {
        "patient": ["a", "a", "a", "b"],
        "label": [1, 0, 0, 1],
        "split": ["train", "train", "train", "test"],
    }
)


def test_a_patient_is_a_row_with_its_share_of_idc():
    table = patient_table(INDEX, frozenset({"a"})).set_index("patient")
    assert table.loc["a", ["patches", "idc", "split", "whole"]].tolist() == [3, 1, "train", True]
    assert table.loc["a", "share"] == pytest.approx(1 / 3)
    assert table.loc["b", ["patches", "idc", "split", "whole"]].tolist() == [1, 1, "test", False]


def test_a_dot_a_patient_told_apart_by_colour_and_shape():
    drawn = patients_chart(patient_table(INDEX, frozenset()), USUAL).to_dict()
    assert len(next(iter(drawn["datasets"].values()))) == 2
    encoding = drawn["encoding"]
    assert encoding["y"]["title"] == "proportion labelled IDC"
    assert encoding["tooltip"][3]["title"] == "idc"
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("patches", "share")
    for channel in ("color", "shape"):
        assert encoding[channel]["field"] == "split"
        assert encoding[channel]["scale"]["domain"] == ["train", "test"]
        assert len(set(encoding[channel]["scale"]["range"])) == 2


def test_whole_and_sampled_patients_are_counted_in_words():
    some = whole_words(patient_table(INDEX, frozenset({"a"})))
    assert some.startswith("2 patients, 1 with complete slides; the others are samples")
    every = whole_words(patient_table(INDEX, frozenset({"a", "b"})))
    assert every == "2 patients, all with complete slides."


def test_the_classes_are_called_as_the_store_calls_them():
    raster = Raster(positive="tumour", negative="stroma")
    table = patient_table(INDEX.assign(label=[1, 0, 0, -1]), frozenset())
    encoding = patients_chart(table, raster).to_dict()["encoding"]
    assert encoding["y"]["title"] == "proportion labelled tumour"
    assert encoding["tooltip"][3] == {"field": "idc", "title": "tumour", "type": "quantitative"}
    said = unlabelled_words(table, raster)
    assert said == " 1 patient has no labels, so no proportion of tumour and no dot."
