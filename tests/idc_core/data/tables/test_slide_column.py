"""Which column names the slide beside the patient, and which only looks as if it did."""

import pandas as pd
import pytest

from idc_core.data.tables.slide_column import (
    Whose,
    patients_with_several,
    slide_beside,
    tells_apart,
)

TWO = [("p", "p-1"), ("p", "p-2"), ("q", "q-1")]


def table(pairs=TWO, patient="patient", slide="slide", each=2):
    rows = [(who, what, 1 + 50 * at, 1) for who, what in pairs for at in range(each)]
    return pd.DataFrame(rows, columns=[patient, slide, "x", "y"])


def found(frame, patient="patient", several=lambda _: False, **others):
    names = list(map(str, frame.columns))
    return slide_beside(frame.__getitem__, names, patient, ["x", "y"], several, **others)


@pytest.mark.parametrize("name", ["slide", "Slide_ID", "slide name", "WSI", "wsi_file"])
def test_a_slide_counts_where_a_patient_has_several(name):
    assert found(table(slide=name)) == Whose("patient", name)


def test_a_slide_that_says_no_more_than_the_patient_does_not_count():
    one_each = table([("p", "p-1"), ("q", "q-1")])
    assert found(one_each) == Whose("patient", None)
    assert found(one_each, several=lambda who: "p" in set(who)) == Whose("patient", "slide")


@pytest.mark.parametrize("name", ["subject", "pid", "sample_id"])
def test_slides_are_not_taken_for_patients_that_have_several(name):
    assert found(table(patient=name), "slide") == Whose(name, "slide")
    one_each = table([("p", "p-1"), ("q", "q-1")], patient=name)
    assert found(one_each, "slide") == Whose("slide", None), "as before there were slides"
    assert found(table(patient=name), "slide", sure=True) == Whose("slide", None)


def test_slides_alone_name_patients():
    assert found(table().drop(columns="patient"), "slide") == Whose("slide", None)


def test_an_image_is_a_slide_where_it_tells_equal_places_apart():
    assert found(table(slide="image_id")) == Whose("patient", "image_id")


@pytest.mark.parametrize(
    "images",
    [
        pytest.param(["0", "1", "0", "1", "0", "1"], id="copies of every patch"),
        pytest.param(list("abcdef"), id="each patch its own"),
        pytest.param(["a", "a", "b", "b", "b", "b"], id="an image of two patients"),
        pytest.param(["a", "a", "b", "b", None, "c"], id="not all are named"),
        pytest.param(["a", "a", "a", "a", "c", "c"], id="a patient has one"),
    ],
)
def test_an_image_of_anything_else_is_no_slide(images):
    assert found(table(slide="image_id").assign(image_id=images)) == Whose("patient", None)


def test_an_image_of_places_that_differ_anyway_is_left_alone():
    frame = table(slide="image_id")
    assert found(frame.assign(x=range(len(frame)))) == Whose("patient", None)


def test_an_empty_cell_makes_no_second_slide():
    pair = pd.Series(["p", "p"]), pd.Series(["a", None])
    assert not tells_apart(*pair)


def test_patients_with_several_slides_are_those_of_any_table():
    other = pd.DataFrame({"patient": ["r", "r", "s"], "slide": ["1", "2", "1"]})
    assert patients_with_several([table(), other]) == {"p", "r"}
