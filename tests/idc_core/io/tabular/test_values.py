"""Numbers and names as spreadsheets and NumPy write them."""

import numpy as np
import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.io.tabular import forms, ids, numbers, vectors


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["0,93", "1,0", "0"], [0.93, 1, 0]),
        (["99.82%", "7 %", "0,5%"], [0.9982, 0.07, 0.005]),
        (["[0.93]", "[[0.5]]", "(0.1)"], [0.93, 0.5, 0.1]),
        (
            ["tensor([0.5], device='cuda:0')", "np.float32(0.25)", "array([1.], dtype=float32)"],
            [0.5, 0.25, 1.0],
        ),
        (['="0.93"', "'0.5'", '"0.25"'], [0.93, 0.5, 0.25]),
        (["1,051", "12,301", "801"], [1051, 12301, 801]),
        (["1,051", "0,998"], [1.051, 0.998]),
        (["-6,3", "\u22121.5", "1e-40"], [-6.3, -1.5, 1e-40]),
        (["true", "[0.1 0.9]", "1.2.3", "0x1"], [np.nan] * 4),
        ([None, "0.5", "nan"], [np.nan, 0.5, np.nan]),
    ],
)
def test_numbers_are_read_however_they_are_written(texts, values):
    assert numbers(pd.Series(texts, dtype="str")).tolist() == pytest.approx(
        values, nan_ok=True, rel=1e-15
    )


def test_percent_is_divided_as_a_decimal():
    assert numbers(pd.Series(["99.82%", "0.07 %"])).tolist() == [0.9982, 0.0007]


def test_a_float32_is_read_as_what_it_says():
    assert numbers(pd.Series([0.7, np.nan], dtype="float32")).tolist()[0] == 0.7


def test_how_numbers_are_written_is_named():
    assert forms(["0,93"]) == ("decimal comma",)
    assert forms(["[0,5 %]"]) == ("brackets", "decimal comma", "percent")
    assert forms(["0.93", "a", "", "[0.1 0.9]"]) == ()


def test_lists_of_one_length_are_a_table_of_numbers():
    found = vectors(pd.Series(["[0.07 0.93]", None, "[0.5, 0.5]"], dtype="str"))
    assert found.tolist()[0] == [0.07, 0.93]
    assert np.isnan(found[1]).all()
    for texts in (["[0.5]"], ["[0.1 0.9]", "[0.1 0.2 0.7]"], ["0.1 0.9"], ["[a b]"]):
        assert vectors(pd.Series(texts)) is None


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["10273.0", "10299.0"], ["10273", "10299"]),
        (["10273.0", "A.0"], ["10273.0", "A.0"]),
        (['="10273"', '="00123"'], ["10273", "00123"]),
        (["00123", " NA "], ["00123", "NA"]),
        (["1.0273E+04", "1,03000E+04"], ["10273", "10300"]),
        (["12E4", "1e5"], ["12E4", "1e5"]),
        (["", None], [None, None]),
    ],
)
def test_names_that_a_spreadsheet_changed_are_mended(texts, names):
    found = ids(pd.Series(texts, dtype="str"))
    assert [None if pd.isna(name) else name for name in found] == names


def test_a_rounded_name_is_refused_by_its_row():
    with pytest.raises(
        Refusal, match=r"column “patient”: row 2 holds 1\.03E\+04.*any of 100 names"
    ):
        ids(pd.Series(["7", "1.03E+04"], dtype="str"), "patient")


def test_names_in_a_column_of_floats_have_no_point():
    assert ids(pd.Series([10273.0, np.nan])).tolist()[0] == "10273"
