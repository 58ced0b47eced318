"""Corrected labels: what follows from verdicts, what is refused, and what is left as it was."""

import numpy as np
import pandas as pd
import pytest

from idc_core.io.files import read_json
from idc_core.io.refusal import Refusal
from idc_core.runs.corrected_labels import (
    FILE,
    decided,
    read_labels,
    refuse_others,
    relabelled,
    save,
    saved,
)


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
            {
                "id": at,
                "reviewer": who,
                "patient": "a",
                "x": x,
                "y": 1,
                "says": says,
                "label": 0,
                "verdict": {0: "no_idc", 1: "idc", None: "unsure"}[says],
            }
            for at, (who, x, says) in enumerate(said)
        ]
    ).astype({"says": "Int8"})


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
    with pytest.raises(
        Refusal,
        match="1 of 1 are not there, the first is patient c x1 y1; no patient is called like 'c'",
    ):
        relabelled(rows, read_labels(table("patient,x,y,label\nc,1,1,1\n")))


def test_a_table_made_from_other_labels_is_refused(rows, table):
    with pytest.raises(Refusal, match="another label here"):
        relabelled(rows, read_labels(table("patient,x,y,label,original\na,1,1,1,1\n")))


def test_a_run_judged_with_a_table_says_both(world, tmp_path, small_world, table):
    import shutil

    from idc_core.evaluate.evaluation import write_evaluation
    from idc_core.runs.run import open_run

    folder = tmp_path / "small"
    shutil.copytree(world / "models" / "small", folder)
    run = open_run(folder)
    before = write_evaluation(run)
    assert before.corrected is None
    test = run.predictions().query("split == 'test'").iloc[0]
    flipped = f"patient,x,y,label\n{test.patient},{test.x},{test.y},{1 - test.label}\n"
    save(folder, table(flipped), run.predictions())
    after = write_evaluation(run)
    assert after.splits == before.splits
    assert after.corrected.labels.changed == 1
    assert abs(after.corrected.splits["test"].n_idc - before.splits["test"].n_idc) == 1
    assert len(after.corrected.labels.sha256) == 64
    assert saved(run).frame["patient"][0] == test.patient
    assert read_json(folder / "report.json")["corrected"]["labels"]["file"] == FILE


def test_a_table_that_does_not_fit_is_not_kept(rows, table, tmp_path):
    with pytest.raises(Refusal, match="patient nobody"):
        save(tmp_path, table("patient,x,y,label\nnobody,1,1,1\n"), rows)
    assert not (tmp_path / FILE).exists()


def test_a_begun_run_takes_no_other_labels(rows, table, tmp_path):
    first = table("patient,x,y,label\na,1,1,1\n")
    with pytest.raises(Refusal, match="begun with the original labels"):
        refuse_others(tmp_path, first)
    save(tmp_path, first, rows)
    refuse_others(tmp_path, first)
    with pytest.raises(Refusal, match="has others"):
        refuse_others(tmp_path, table("patient,x,y,label\na,51,1,0\n"))


SAME = {
    "semicolons": "patient;x;y;label\na;1;1;1\nb;1;1;0\n",
    "UTF-16": "patient\tx\ty\tlabel\na\t1\t1\t1\nb\t1\t1\t0\n".encode("utf-16"),
    "a mark of order": "\ufeffpatient,x,y,label\na,1,1,1\nb,1,1,0\n",
    "words": "patient,x,y,label\na,1,1,IDC\nb,1,1,non-IDC\n",
    "floats": "patient,x,y,label\na,1.0,1.0,1.0\nb,1.0,1.0,0.0\n",
    "files": "file,label\na/a_idx5_x1_y1_class0.png,1\nb_idx5_x1_y1_class0.png,0\n",
    "capitals": "Patient ID,X,Y,Label\nA,1,1,1\nB,1,1,0\n",
    "an index": ",patient,x,y,label\n7,a,1,1,1\n9,b,1,1,0\n",
    "a patch twice": "patient,x,y,label\na,1,1,1\nb,1,1,0\na,1,1,1\n",
    "an empty cell": "patient,x,y,label\na,1,1,1\nb,1,1,0\na,51,1,\n",
    "lines of JSON": '{"patient":"a","x":1,"y":1,"label":1}\n{"patient":"b","x":1,"y":1,"label":0}',
}


@pytest.mark.parametrize("kind", SAME)
def test_every_kind_of_table_says_the_same(rows, tmp_path, kind):
    file = tmp_path / "corrected.csv"
    file.write_bytes(SAME[kind] if isinstance(SAME[kind], bytes) else SAME[kind].encode())
    found, changed = relabelled(rows, read_labels(file))
    assert found.tolist() == [1, 1, 0]
    assert changed == 1
    kept_one = save(tmp_path, file, rows)
    assert relabelled(rows, read_labels(tmp_path / FILE))[0].tolist() == [1, 1, 0]
    assert len(kept_one.frame) == 2


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("words", "Labels are read so: “IDC” is IDC, “non-IDC” is no IDC."),
        ("a patch twice", "1 row repeats a patch with the same label: taken once."),
        ("an empty cell", "One row has no label, left out: its patch keeps the label that it has."),
        ("files", "Patches are read from the file names in “file”."),
    ],
)
def test_what_was_unusual_is_told(table, kind, note):
    assert read_labels(table(SAME[kind])).notes == (note,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patient,x,y,label\n", "the table has no row"),
        ("patient,x,y,label\na,1,1,\nb,1,1,NA\n", "all 2 rows are empty there"),
        ("patient,x,y,label\na,1,1,2\nb,1,1,2\n", "holds “2” .2 rows., first in row 1"),
        ("patient;x;y;label\na;1,5;1;1\n", "whole number as x in row 1 .*decimal comma"),
        ("file,label\nnonsense.png,1\n", "patient, x, y missing among file, label"),
        ("patient,x,y,label\na,1,1,1\n,51,1,0\n", "row 2 has no patient"),
    ],
)
def test_the_true_cause_is_said(table, text, said):
    with pytest.raises(Refusal, match=said):
        read_labels(table(text))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x, y: (x + 1, y), "x is 1 too large everywhere"),
        (lambda x, y: (x - 1, y - 1), "x is 1 too small and y is 1 too small everywhere"),
        (lambda x, y: (y, x), "x and y are exchanged"),
        (lambda x, y: (x // 50, y // 50), "numbers of columns and rows"),
        (lambda x, y: (x + 25, y + 25), "the patches' centres"),
        (lambda x, y: (x + 7, y), "are not there, the first is patient a x8 y101.$"),
    ],
)
def test_why_no_patch_is_there_is_said(table, change, said):
    rows = pd.DataFrame({"patient": "a", "x": [1, 51, 301], "y": [101, 201, 51], "label": 0})
    moved = [change(x, y) for x, y in zip(rows["x"], rows["y"], strict=True)]
    text = "patient,x,y,label\n" + "".join(f"a,{x},{y},1\n" for x, y in moved)
    with pytest.raises(Refusal, match=said):
        relabelled(rows, read_labels(table(text)))
