"""A table in a file says what it said on the page, with the facts in columns of their own."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from idc_core.facts import names
from idc_core.facts.record import RAW, Facts
from idc_core.facts.table import counted, table_csv

FACTS = Facts(
    run="demo",
    tissue="synthetic",
    model="ab" * 32,
    data="f",
    split="validation",
    threshold=0.1 + 0.2,
    state="exploratory",
    calibration=RAW,
    patches=3,
    patients=2,
    made="2026-01-02T03:04:05Z",
)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_carries_every_fact_exactly():
    first, second = rows_of(table_csv(pd.DataFrame({"a": [1, 2]}), FACTS))
    said = {name: value for name, value in first.items() if name.startswith("export_")}
    version = said.pop("export_version")
    assert version.startswith("IDC Review 0.")
    assert said == {
        "export_run": "demo",
        "export_model_sha256": "ab" * 32,
        "export_data_fingerprint": "f",
        "export_tissue": "synthetic",
        "export_split": "validation",
        "export_threshold": "0.30000000000000004",
        "export_threshold_state": "exploratory",
        "export_calibration": "raw scores",
        "export_patches": "3",
        "export_patients": "2",
        "export_made": "2026-01-02T03:04:05Z",
        "export_use": "research use only, not a diagnosis",
    }
    assert second | {"a": "1"} == first


def test_a_table_keeps_its_own_run_split_and_threshold():
    own = pd.DataFrame({"run": ["mine"], "split": ["train"], "threshold": [0.75]})
    (row,) = rows_of(table_csv(own, FACTS))
    assert (row["run"], row["split"], row["threshold"]) == ("mine", "train", "0.75")
    assert (row["export_run"], row["export_split"]) == ("demo", "validation")


def test_a_column_called_as_a_fact_is_refused():
    with pytest.raises(ValueError, match="export_run"):
        table_csv(pd.DataFrame({"export_run": [1]}), FACTS)


def test_numbers_are_exact_and_negative_ones_stay_numbers():
    table = pd.DataFrame(
        {
            "f32": np.float32([0.1, np.nan]),
            "f64": [-0.3, 1e-20],
            "whole": pd.array([-5, None], dtype="Int64"),
            "n": [-1, 7],
            "said": ["-0.3", "-0.3 a"],
            "yes": [True, False],
        }
    )
    lines = table_csv(table, Facts()).splitlines()
    assert lines[1].startswith("0.1,-0.3,-5,-1,-0.3,True,")
    assert lines[2].startswith(",1e-20,,7,'-0.3 a,False,")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@cmd", "'@cmd"),
        ("+cmd", "'+cmd"),
        ("-a", "'-a"),
        (" =1", "' =1"),
        ("\t=1", "\\t=1"),
        ("a\nb", "a\\nb"),
        ("\uff1d1", "'\uff1d1"),
        ("Müller, Ada", "Müller, Ada"),
        (None, ""),
    ],
)
def test_a_hostile_cell_is_text_and_one_line(text, cell):
    table = pd.DataFrame({"reader": [text], text or "x": ["name of a column"]})
    (row,) = rows_of(table_csv(table, Facts()))
    assert row["reader"] == cell
    kinds = pd.DataFrame({"reader": pd.Categorical([text])})
    assert rows_of(table_csv(kinds, Facts()))[0]["reader"] == cell


def test_hostile_facts_are_text_too():
    (row,) = rows_of(table_csv(pd.DataFrame({"a": [1]}), Facts(run="=cmd()")))
    assert row["export_run"] == "'=cmd()"


def test_an_empty_table_keeps_its_columns():
    assert rows_of(table_csv(pd.DataFrame({"a": []}), FACTS)) == []
    assert table_csv(pd.DataFrame({"a": []}), FACTS).startswith("a,export_run,")


def test_patches_are_counted_once_and_patients_by_their_rows():
    verdicts = pd.DataFrame({"patient": ["a", "a", "b"], "x": [1, 1, 1], "y": [1, 1, 1]})
    assert counted(verdicts) == (2, 2)
    assert counted(pd.DataFrame({"patient": ["a", "b"], "patches": [5, 6]})) == (11, 2)
    assert counted(pd.DataFrame({"epoch": [1]})) is None


def test_patients_are_hashed_in_every_text_if_asked(monkeypatch):
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    table = pd.DataFrame(
        {
            "patient": ["10253", "=a"],
            "worst patient": ["10253", None],
            "slide": ["10253", "S1"],
            "file": ["in/10253_idx5_x1_y1_class0.png", "b.png"],
            "patients": [1, 2],
        }
    )
    text = table_csv(table, Facts())
    first, second = rows_of(text)
    mark = names.mark("10253")
    assert "10253" not in text
    assert (first["patient"], first["worst patient"]) == (mark, mark)
    assert (first["slide"], second["slide"]) == (mark, names.mark("S1"))
    assert Facts(slide="S1").named()["slide"] == names.mark("S1")
    assert "slide" not in Facts().named()
    assert first["file"] == f"in/{mark}_idx5_x1_y1_class0.png"
    assert (second["patient"], second["file"], second["patients"]) == (
        names.mark("=a"),
        f"{names.mark('b')}.png",
        "2",
    )
    kept = rows_of(table_csv(table[["patient", "file"]], Facts()))[1]
    assert kept["file"] == "b.png"


def test_a_file_is_named_by_a_plain_key_and_by_the_hash_of_any_other(monkeypatch):
    assert names.file_part("10253") == "10253"
    assert names.file_part("../../etc") == names.mark("../../etc")
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    assert names.file_part("10253") == names.mark("10253")
