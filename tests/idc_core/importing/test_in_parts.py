"""More predictions than memory holds are read in batches, and every value is checked."""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing import own_tables
from idc_core.importing.in_parts import import_in_parts
from idc_core.importing.run import import_predictions
from idc_core.io.refusal import Refusal
from idc_core.runs import score_parts
from idc_core.runs.run import open_run
from tests.idc_core.many.worlds import drawn


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(own_tables, "AT_ONCE", 100)
    monkeypatch.setattr(own_tables, "BLOCK", 3_000)


def table():
    return (
        drawn(digits=None)
        .drop(columns="file")
        .assign(label=lambda rows: rows["label"].where(rows["label"] >= 0).astype("Int8"))
    )


def written(folder, rows, name="table.csv"):
    file = folder / name
    rows.to_parquet(file) if name.endswith("parquet") else rows.to_csv(file, index=False)
    return file


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_the_run_is_that_of_the_usual_import(name, tmp_path):
    rows = table()
    run = tmp_path / "models" / "parts"
    found = import_in_parts(written(tmp_path, rows, name), run)
    assert len(score_parts.files_of(run)) > 2
    usual = tmp_path / "models" / "usual"
    import_predictions(written(tmp_path, rows), usual)
    own, theirs = (
        open_run(each).predictions().sort_values(["patient", "y", "x"], ignore_index=True)
        for each in (run, usual)
    )
    pd.testing.assert_frame_equal(own, theirs)
    report = open_run(usual).report()
    assert found.report is not None
    assert found.report.threshold == report.threshold
    for split, figures in report.splits.items():
        assert found.report.splits[split].confusion == figures.confusion
    assert (found.patches, found.patients) == (len(rows), rows["patient"].nunique())
    info = open_run(run).info
    assert info.data.patches == rows["split"].value_counts().to_dict()
    assert info.labels is True


def test_all_tables_of_a_folder_are_one_run(tmp_path):
    rows = table()
    folder = tmp_path / "tables"
    folder.mkdir()
    written(folder, rows[:150], "b.csv")
    written(folder, rows[150:], "a.parquet")
    (folder / "notes.txt").write_text("not a table")
    found = import_in_parts(folder, tmp_path / "models" / "run")
    assert found.patches == len(rows)


def test_without_a_split_all_are_test_and_without_labels_nothing_is_judged(tmp_path):
    rows = table().drop(columns="split").assign(label=pd.NA)
    found = import_in_parts(written(tmp_path, rows), tmp_path / "models" / "run")
    run = open_run(tmp_path / "models" / "run")
    assert found.report is None
    assert run.info.labels is False
    assert set(run.predictions()["split"]) == {"test"}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("score", 1.5, r"a probability from 0 to 1 in 'score' .*table.csv: row 333 holds 1.5"),
        ("score", np.nan, r"a value in 'score' .*: row 333 holds nothing"),
        ("label", 2, r"0, 1 or none in 'label' .*: row 333 holds 2"),
        ("x", -1, r"a whole number from 0 in 'x' .*: row 333 holds -1"),
        ("split", "tuning", r"train, validation, test, unused in 'split' .* holds 'tuning'"),
        ("patient", "", r"in 'patient' .*: row 333 holds"),
    ],
)
def test_what_is_no_value_is_refused_with_its_row(column, value, said, tmp_path):
    rows = table()
    rows.loc[332, column] = value
    with pytest.raises(Refusal, match=said):
        import_in_parts(written(tmp_path, rows), tmp_path / "models" / "run")
    assert not (tmp_path / "models" / "run").exists()


def test_texts_for_numbers_and_missing_columns_are_refused(tmp_path):
    rows = table()
    with pytest.raises(Refusal, match="cannot be read"):
        import_in_parts(written(tmp_path, rows.assign(x="one")), tmp_path / "models" / "run")
    other = rows.drop(columns="score")
    with pytest.raises(Refusal, match="expected a column with a score for each patch"):
        import_in_parts(written(tmp_path, other), tmp_path / "models" / "run")
    with pytest.raises(Refusal, match="expected a table"):
        import_in_parts(tmp_path / "nothing.csv", tmp_path / "models" / "run")
    with pytest.raises(Refusal, match="the table has no row"):
        import_in_parts(written(tmp_path, rows[:0]), tmp_path / "models" / "run")


def test_a_patch_that_comes_twice_is_refused_though_far_apart(tmp_path):
    rows = table()
    twice = pd.concat([rows, rows[:1].assign(score=0.5)])
    first = rows.iloc[0]
    said = f"that of {first['patient']}, {first['x']}, {first['y']} .* comes 2 times"
    with pytest.raises(Refusal, match=said):
        import_in_parts(written(tmp_path, twice), tmp_path / "models" / "run")


def test_a_patient_in_two_splits_is_refused(tmp_path):
    rows = table()
    rows.loc[rows.index[rows["patient"] == "P09"][:3], "split"] = "train"
    with pytest.raises(Refusal, match="each patient in one split: 'P09' lies in 2"):
        import_in_parts(written(tmp_path, rows), tmp_path / "models" / "run")


def test_a_run_that_is_there_is_replaced_only_when_asked(tmp_path):
    file, run = written(tmp_path, table()), tmp_path / "models" / "run"
    import_in_parts(file, run)
    with pytest.raises(Refusal, match="holds one already"):
        import_in_parts(file, run)
    found = import_in_parts(file, run, overwrite=True)
    assert found.replaced is not None
    assert (found.replaced / "predictions" / "parts.json").is_file()
