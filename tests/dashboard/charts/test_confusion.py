"""The matrix as data: counts, shares, words, and one selection."""

import math

import pytest

from dashboard.charts.confusion import SELECTION, matrix_chart, matrix_table
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import USUAL, Raster

TUMOUR = Raster(positive="tumour", negative="stroma")
COUNTS = Confusion(tn=36257, fp=3412, fn=4370, tp=11466)


def cell(table, outcome):
    return table.set_index("outcome").loc[outcome]


def test_counts_stand_where_label_and_call_say():
    table = matrix_table(COUNTS, USUAL)
    missed = cell(table, "fn")
    assert (missed["label"], missed["call"], missed["count"]) == ("IDC", "predicted no IDC", 4370)
    alarm = cell(table, "fp")
    assert (alarm["label"], alarm["call"], alarm["count"]) == ("no IDC", "predicted IDC", 3412)
    assert table["count"].sum() == COUNTS.total


def test_shares_of_a_label_are_sensitivity_and_specificity():
    table = matrix_table(COUNTS, USUAL, "row")
    assert cell(table, "tp")["share"] == pytest.approx(COUNTS.sensitivity)
    assert cell(table, "tn")["share"] == pytest.approx(COUNTS.specificity)
    assert cell(table, "tp")["of"] == "72.4 % of IDC"


def test_shares_of_a_call_are_precision_and_npv():
    table = matrix_table(COUNTS, USUAL, "column")
    assert cell(table, "tp")["share"] == pytest.approx(COUNTS.precision)
    assert cell(table, "tn")["share"] == pytest.approx(COUNTS.npv)


def test_a_share_of_nothing_is_a_dash_not_zero():
    table = matrix_table(Confusion(tn=5, fp=1, fn=0, tp=0), USUAL)
    assert math.isnan(cell(table, "tp")["share"])
    assert cell(table, "tp")["of"].startswith("–")


def test_outcomes_are_told_apart_by_words_and_letters_too():
    table = matrix_table(COUNTS, USUAL)
    assert cell(table, "fn")["named"] == "missed IDC · FN"
    assert table["named"].nunique() == 4


def test_a_click_selects_an_outcome_and_the_picked_cell_is_marked():
    spec = matrix_chart(matrix_table(COUNTS, USUAL), USUAL, "fp")
    assert [param["name"] for param in spec["params"]] == [SELECTION]
    assert spec["params"][0]["select"]["fields"] == ["outcome"]
    cells = spec["datasets"]["cells"].set_index("outcome")
    assert cells["picked"].to_dict() == {"tp": False, "fn": False, "fp": True, "tn": False}


def test_label_call_and_outcome_are_named_as_the_store_names_its_classes():
    table = matrix_table(COUNTS, TUMOUR)
    assert table["label"].tolist() == ["tumour", "tumour", "stroma", "stroma"]
    assert cell(table, "fn")["call"] == "predicted stroma"
    assert cell(table, "fp")["call"] == "predicted tumour"
    assert cell(table, "fn")["named"] == "missed tumour · FN"
    assert cell(table, "tp")["of"] == "72.4 % of tumour"
    assert cell(matrix_table(COUNTS, TUMOUR, "column"), "fn")["of"] == "10.8 % of predicted stroma"
    square = matrix_chart(table, TUMOUR)["layer"][1]["encoding"]
    assert square["x"]["sort"] == ["predicted tumour", "predicted stroma"]
    assert square["y"]["sort"] == ["tumour", "stroma"]
    assert square["color"]["scale"]["domain"] == [
        "tumour found",
        "missed tumour",
        "false alarm",
        "true negative",
    ]
