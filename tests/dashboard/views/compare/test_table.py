"""All metrics in numbers; where lower is better, better is reversed."""

import pytest

from dashboard.views.compare.roc import said
from dashboard.views.compare.table import rows
from idc_core.metrics.paired import Paired
from idc_core.metrics.uncertainty import Interval

NAN = float("nan")
A, B = Interval(0.83, 0.78, 0.88), Interval(0.8, 0.7, 0.86)


@pytest.mark.parametrize(
    ("name", "difference", "standing"),
    [
        ("sensitivity", (0.03, 0.01, 0.05), "B better"),
        ("sensitivity", (-0.03, -0.05, -0.01), "A better"),
        ("sensitivity", (-0.03, -0.05, 0.01), "includes no difference"),
        ("brier", (0.03, 0.01, 0.05), "A better"),
        ("brier", (-0.03, -0.05, -0.01), "B better"),
        ("brier", (-0.03, -0.05, 0.01), "includes no difference"),
        ("f1", (NAN, NAN, NAN), "–"),
    ],
)
def test_a_row_says_which_model_is_better(name, difference, standing):
    row = rows({name: Paired(A, B, Interval(*difference))}, ("one", "two")).iloc[0]
    assert row["interval"] == standing
    assert row["A: one [95 %]"] == "0.83 [0.78–0.88]"
    assert row["B: two [95 %]"] == "0.80 [0.70–0.86]"
    assert ("lower is better" in row["figure"]) == (name == "brier")


def test_an_area_that_is_not_defined_is_said_so():
    undefined = Interval(NAN, NAN, NAN)
    assert "one class is missing" in said(Paired(undefined, undefined, undefined))
    assert said(Paired(A, B, undefined)) == "AUC 0.830 (A) and 0.800 (B)."
