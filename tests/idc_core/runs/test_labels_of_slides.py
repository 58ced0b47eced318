"""Corrected labels where a patient has several slides: each stands on its own."""

import numpy as np
import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv
from idc_core.runs.corrected_labels import (
    FILE,
    decided,
    read_labels,
    refuse_others,
    relabelled,
    save,
)

ROWS = pd.DataFrame(
    [
        ("p", "a", 1, 1, 0),
        ("p", "a", 51, 1, 1),
        ("p", "b", 1, 1, 0),
        ("p", "b", 51, 1, 1),
        ("q", "a", 1, 1, 0),
    ],
    columns=["patient", "slide", "x", "y", "label"],
).astype({"label": np.int8})


@pytest.fixture
def table(tmp_path):
    def write(text):
        file = tmp_path / "corrected.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def labels(rows, file):
    return relabelled(rows, read_labels(file))[0].tolist()


def test_only_the_patch_of_the_named_slide_changes(table):
    file = table("patient,slide,x,y,label\np,b,1,1,1\nq,a,1,1,1\n")
    assert relabelled(ROWS, read_labels(file))[0].tolist() == [0, 1, 1, 1, 1]


@pytest.mark.parametrize("name", ["slide_id", "WSI", "Slide Name"])
def test_the_slide_is_known_by_its_usual_names(table, name):
    assert labels(ROWS, table(f"subject,{name},x,y,label\np,b,1,1,1\np,a,1,1,0\n")) == [
        0,
        1,
        1,
        1,
        0,
    ]


def test_equal_places_with_other_labels_are_no_conflict_on_two_slides(table):
    file = table("patient,slide,x,y,label\np,a,1,1,1\np,b,1,1,0\n")
    assert labels(ROWS, file) == [1, 1, 0, 1, 0]
    with pytest.raises(Refusal, match=r"patient p, slide b, x1 y1 has several, in the rows 1 \(0"):
        read_labels(table("patient,slide,x,y,label\np,b,1,1,0\np,b,1,1,1\n"))


def test_a_table_without_slides_is_refused_where_its_patient_has_several(table):
    file = table("patient,x,y,label\np,1,1,1\n")
    with pytest.raises(
        Refusal,
        match=r"expected a column slide beside patient, x and y: patient p has 2 slides in this "
        r"data \(a, b\), and the table does not say which is meant\. Add the column, or export",
    ):
        relabelled(ROWS, read_labels(file))
    assert labels(ROWS, table("patient,x,y,label\nq,1,1,1\n")) == [0, 1, 0, 1, 1]


def test_a_patient_who_is_not_there_is_named_without_a_slide(table):
    file = table("patient,x,y,label\nnobody,1,1,1\n")
    with pytest.raises(Refusal, match="the first is patient nobody x1 y1; no patient is called"):
        relabelled(ROWS, read_labels(file))


def test_a_slide_that_is_not_there_is_named_with_those_that_are(table):
    file = table("patient,slide,x,y,label\np,c,1,1,1\n")
    with pytest.raises(
        Refusal, match="patient p, slide c, x1 y1; no slide of this patient is called 'c', but a, b"
    ):
        relabelled(ROWS, read_labels(file))


def test_a_slide_may_be_spelled_otherwise_or_be_the_patient_again_where_there_is_one(table):
    file = table("patient,slide,x,y,label\np,B.svs,1,1,1\nq,q,1,1,1\n")
    assert labels(ROWS, file) == [0, 1, 1, 1, 1]
    with pytest.raises(Refusal, match="no slide of this patient is called 'z', but a"):
        relabelled(ROWS, read_labels(table("patient,slide,x,y,label\nq,z,1,1,1\n")))


def test_slides_of_a_table_say_nothing_of_data_without_any(table):
    plain = ROWS.iloc[[0, 1, 4]].drop(columns="slide").reset_index(drop=True)
    file = table("patient,slide,x,y,label\np,a,1,1,1\np,b,51,1,0\n")
    assert labels(plain, file) == [1, 0, 0]
    with pytest.raises(
        Refusal, match=r"one slide a patient in corrected\.csv.*patient p x1 y1 has"
    ):
        labels(plain, table("patient,slide,x,y,label\np,a,1,1,1\np,b,1,1,0\n"))


def test_what_a_run_keeps_names_slides_where_its_data_does(table, tmp_path):
    file = table("Patient;Slide;X;Y;Label\np;b;1;1;IDC\n")
    kept = tmp_path / "run"
    kept.mkdir()
    save(kept, file, ROWS)
    assert (kept / FILE).read_text() == "patient,slide,x,y,label,original\np,b,1,1,1,\n"
    refuse_others(kept, file)
    plain = ROWS.iloc[[2, 3, 4]].drop(columns="slide").reset_index(drop=True)
    file = table("Patient;Slide;X;Y;Label\np;b;1;1;IDC\np;c;1;1;IDC\n")
    save(kept, file, plain)
    assert (kept / FILE).read_text() == "patient,x,y,label,original\np,1,1,1,\n"
    refuse_others(kept, file)


def test_the_table_that_readers_make_is_read_back_slide_by_slide(tmp_path):
    said = ROWS.assign(id=range(5), reviewer="Ada", says=[0, 1, 1, 0, None], verdict="idc")
    made = decided(said.astype({"says": "Int8"}))
    file = tmp_path / "corrected.csv"
    file.write_text(safe_csv(made.columns, made.itertuples(index=False)))
    assert labels(ROWS, file) == [0, 1, 1, 0, 0]
