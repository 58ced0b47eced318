"""Which value of an attribute a patch has."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.evaluate.slices import attributes
from idc_core.evaluate.slices.attributes import UNKNOWN
from idc_core.records.raster import USUAL, Raster


def table(rows):
    return pd.DataFrame(rows, columns=["patient", "x", "y", "label"])


def square(patient, labels):
    """A whole patient from rows of labels; None is background."""
    return [
        (patient, 1 + 50 * column, 1 + 50 * row, label)
        for row, across in enumerate(labels)
        for column, label in enumerate(across)
        if label is not None
    ]


@pytest.mark.parametrize(
    ("idc", "expected"),
    [
        (0, "0 %"),
        (1, "up to 10 %"),
        (2, "up to 10 %"),
        (3, "10–30 %"),
        (6, "10–30 %"),
        (7, "30–60 %"),
        (12, "30–60 %"),
        (13, "over 60 %"),
        (20, "over 60 %"),
    ],
)
def test_a_patient_belongs_to_one_stratum_by_its_share_of_idc(idc, expected):
    rows = table([("a", 1, 1, int(at < idc)) for at in range(20)])
    found = attributes.burden(rows)
    assert {found.values[code] for code in found.codes} == {expected}


def test_patients_do_not_share_a_stratum_by_accident():
    rows = table([("b", 1, 1, 1), ("a", 1, 1, 0), ("b", 51, 1, 1)])
    found = attributes.burden(rows, sampled=1)
    assert [found.values[code] for code in found.codes] == ["over 60 %", "0 %", "over 60 %"]
    assert "1 patients are samples" in found.note


def test_border_is_where_a_neighbour_holds_the_other_label():
    rows = table(square("a", [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]))
    found = attributes.border(rows, {"a"}).codes.reshape(3, 4)
    assert (found == 0).tolist() == [
        [False, False, False, False],
        [False, False, True, True],
        [False, False, True, True],
    ]


def test_background_is_no_neighbour():
    rows = table(square("a", [[0, None, 1]]))
    assert attributes.border(rows, {"a"}).codes.tolist() == [1, 1]


def test_neighbours_are_those_of_the_same_patient():
    rows = table([("a", 1, 1, 0), ("b", 51, 1, 1), ("a", 101, 1, 0)])
    assert attributes.border(rows, {"a", "b"}).codes.tolist() == [1, 1, 1]


def test_a_sampled_patient_has_neither_border_nor_interior():
    rows = table(square("a", [[0, 1]]) + square("b", [[0, 1]]))
    found = attributes.border(rows, {"b"})
    assert found.codes.tolist() == [UNKNOWN, UNKNOWN, 0, 0]
    assert found.unknown == 2


@given(st.lists(st.lists(st.sampled_from([0, 1, None]), min_size=6, max_size=6), max_size=6))
def test_border_equals_a_look_at_all_eight_neighbours(labels):
    rows = table(square("a", labels))
    found = attributes.border(rows, {"a"}).codes
    by_place = {(row.x, row.y): row.label for row in rows.itertuples()}
    for code, row in zip(found, rows.itertuples(), strict=True):
        around = [
            by_place.get((row.x + dx, row.y + dy)) for dx in (-50, 0, 50) for dy in (-50, 0, 50)
        ]
        assert (code == 0) == (1 - row.label in around)


def test_border_does_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(0)
    rows = table(square("a", rng.integers(0, 2, (8, 8)).tolist()))
    order = rng.permutation(len(rows))
    straight = attributes.border(rows, {"a"}).codes
    mixed = attributes.border(rows.iloc[order].reset_index(drop=True), {"a"}).codes
    assert mixed.tolist() == straight[order].tolist()


def test_small_patches_are_cut_off_and_unknown_sizes_unknown():
    assert attributes.cut_off([50, 49, 50, 0], [50, 50, 1, 0]).codes.tolist() == [1, 0, 0, -1]


def test_white_shares_fall_into_their_bins_and_nan_into_none():
    found = attributes.white([0, 0.05, 0.051, 0.3, 0.31, 0.6, 0.61, 1, np.nan])
    assert found.codes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, UNKNOWN]


def test_quarters_are_those_of_the_reference():
    found = attributes.quarters("b", "B", [-9, 24, 26, 51, 76, 900, np.nan], range(101), "", 0)
    assert found.codes.tolist() == [0, 0, 1, 2, 3, 3, UNKNOWN]
    assert found.ranges == ("below 25", "25–50", "50–75", "75 and more")
    assert found.label(0) == "lowest quarter (below 25)"


def test_quarters_of_the_reference_itself_are_of_one_size():
    values = np.random.default_rng(0).normal(size=1000)
    found = attributes.quarters("b", "B", values, values, "")
    assert np.bincount(found.codes).tolist() == [250, 250, 250, 250]


def test_a_constant_reference_leaves_quarters_empty():
    found = attributes.quarters("b", "B", [1.0, 1.0, 0.5], [1.0] * 9, "")
    assert found.codes.tolist() == [3, 3, 0]


def test_without_a_reference_nothing_breaks():
    assert len(attributes.quarters("b", "B", [np.nan], [], "").codes) == 1


def test_crossing_joins_what_both_know():
    a = attributes.white([0, 0.2, np.nan, 0.9])
    b = attributes.cut_off([50, 1, 50, 0], [50, 1, 50, 0])
    found = attributes.crossed(a, b)
    words = [None if code == UNKNOWN else found.values[code] for code in found.codes]
    assert words == ["up to 5 %, full 50×50", "5–30 %, cut off", None, None]


def test_figures_are_found_by_patient_and_place():
    rows = table([("10", 51, 1, 0), ("9", 1, 1, 0), ("9", 51, 1, 0)])
    rows["patient"] = rows["patient"].astype("category")
    figures = pd.DataFrame(
        {"patient": ["9", "10", "9"], "x": [1, 51, 1], "y": 1, "eosin": [0.1, 0.2, 0.3]}
    )
    found = attributes.aligned(rows, figures, ("eosin",))["eosin"]
    assert found.iloc[:2].tolist() == [0.2, 0.1]
    assert np.isnan(found.iloc[2])


def test_the_share_is_of_the_class_that_the_store_looks_for():
    rows = table(square("p", [[1, 0]]))
    named = Raster(positive="tumour", negative="stroma")
    for raster, positive in ((USUAL, "IDC"), (named, "tumour")):
        (found,) = (
            each
            for each in attributes.without_pixels(rows, ["p"], None, raster)
            if each.name == "burden"
        )
        assert found.title == f"Patient's share of {positive}"
        assert found.note.startswith(
            f"Share of the patient's patches that are labelled {positive}."
        )
