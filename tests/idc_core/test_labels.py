"""Corrected labels: what follows from verdicts, what is refused, and what is left as it was."""

import numpy as np
import pandas as pd
import pytest

from idc_core.files import read_json
from idc_core.labels import FILE, decided, keep, kept, read_labels, refuse_others, relabelled
from idc_core.refusal import Refusal


@pytest.fixture
def rows():
    return pd.DataFrame(
        {"patient": ["a", "a", "b"], "x": [1, 51, 1], "y": [1, 1, 1], "label": np.int8([0, 1, 0])}
    )


@pytest.fixture
def table(tmp_path):
    def write(text):
        file = tmp_path / "corrected.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def verdicts(*said):
    """Rows of (reviewer, x, says); label 0 everywhere."""
    return pd.DataFrame(
        [
            {"id": at, "reviewer": who, "patient": "a", "x": x, "y": 1, "says": says, "label": 0,
             "verdict": {0: "no_idc", 1: "idc", None: "unsure"}[says]}
            for at, (who, x, says) in enumerate(said)
        ]
    ).astype({"says": "Int8"})  # fmt: skip


def test_the_majority_of_readers_decides():
    found = decided(verdicts(("A", 1, 1), ("B", 1, 1), ("C", 1, 0)))
    assert found[["label", "original", "readers", "agree"]].iloc[0].tolist() == [1, 0, 3, 2]


def test_a_tie_and_an_unsure_reader_change_nothing():
    assert decided(verdicts(("A", 1, 1), ("B", 1, 0))).empty
    assert decided(verdicts(("A", 1, None))).empty


def test_a_reader_counts_once_by_what_they_said_last():
    found = decided(verdicts(("A", 1, 1), ("A", 1, 0)))
    assert found["label"].tolist() == [0]
    assert found["readers"].tolist() == [1]


def test_no_verdicts_make_an_empty_table():
    assert decided(verdicts(("A", 1, 1)).iloc[:0]).empty


def test_only_the_named_patches_change(rows, table):
    found, changed = relabelled(rows, read_labels(table("patient,x,y,label\na,1,1,1\nb,1,1,0\n")))
    assert found.tolist() == [1, 1, 0]
    assert changed == 1
    assert rows["label"].tolist() == [0, 1, 0]


def test_a_name_with_leading_noughts_is_kept(table):
    assert read_labels(table("patient,x,y,label\n08863,1,1,1\n")).frame["patient"][0] == "08863"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,1,1,2", "0 or 1 as label .*“2” .1 row., first in row 2"),
        ("a,-5,1,1", "a whole number as x in row 2 .*found '-5'"),
        ("a,1,,1", "a whole number as y in row 2 .*found nothing"),
        ("b,1,1,0", "patient b x1 y1 has several, in the rows 1 .1. and 2 .0."),
    ],
)
def test_a_bad_line_is_named(table, line, said):
    with pytest.raises(Refusal, match=said):
        read_labels(table(f"patient,x,y,label\nb,1,1,1\n{line}\n"))


def test_a_table_without_the_columns_is_refused(table):
    with pytest.raises(Refusal, match="label missing"):
        read_labels(table("patient,x,y\na,1,1\n"))


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refusal, match="there is no such file"):
        read_labels(tmp_path / "none.csv")


def test_a_patch_that_is_not_there_is_refused(rows, table):
    with pytest.raises(Refusal, match="1 of 1 are not there, the first is patient c x1 y1; no patient is called like 'c'"):
        relabelled(rows, read_labels(table("patient,x,y,label\nc,1,1,1\n")))


def test_a_table_made_from_other_labels_is_refused(rows, table):
    with pytest.raises(Refusal, match="another label here"):
        relabelled(rows, read_labels(table("patient,x,y,label,original\na,1,1,1,1\n")))


def test_a_run_judged_with_a_table_says_both(world, tmp_path, small_world, table):
    import shutil

    from idc_core.evaluation import write_evaluation
    from idc_core.runs import open_run

    folder = tmp_path / "small"
    shutil.copytree(world / "models" / "small", folder)
    run = open_run(folder)
    before = write_evaluation(run)
    assert "corrected" not in before
    test = run.predictions().query("split == 'test'").iloc[0]
    flipped = f"patient,x,y,label\n{test.patient},{test.x},{test.y},{1 - test.label}\n"
    keep(folder, table(flipped), run.predictions())
    after = write_evaluation(run)
    assert after["splits"] == before["splits"]
    assert after["corrected"]["labels"]["changed"] == 1
    assert (
        abs(after["corrected"]["splits"]["test"]["n_idc"] - before["splits"]["test"]["n_idc"]) == 1
    )
    assert len(after["corrected"]["labels"]["sha256"]) == 64
    assert kept(run).frame["patient"][0] == test.patient
    assert read_json(folder / "report.json")["corrected"]["labels"]["file"] == FILE


def test_a_table_that_does_not_fit_is_not_kept(rows, table, tmp_path):
    with pytest.raises(Refusal, match="patient nobody"):
        keep(tmp_path, table("patient,x,y,label\nnobody,1,1,1\n"), rows)
    assert not (tmp_path / FILE).exists()


def test_a_begun_run_takes_no_other_labels(rows, table, tmp_path):
    first = table("patient,x,y,label\na,1,1,1\n")
    with pytest.raises(Refusal, match="begun with the original labels"):
        refuse_others(tmp_path, first)
    keep(tmp_path, first, rows)
    refuse_others(tmp_path, first)
    with pytest.raises(Refusal, match="has others"):
        refuse_others(tmp_path, table("patient,x,y,label\na,51,1,0\n"))
