"""Tables of any columns that are read in batches become the run of the usual import."""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing import guessed_tables
from idc_core.importing.columns import Columns
from idc_core.importing.in_parts import import_in_parts
from idc_core.importing.options import Asked
from idc_core.importing.run import import_predictions
from idc_core.io.refusal import Refusal
from idc_core.runs import score_parts
from idc_core.runs.run import open_run
from tests.idc_core.many.worlds import drawn


@pytest.fixture(autouse=True)
def small_batches(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(guessed_tables, "AT_ONCE", 100)
    monkeypatch.setattr(guessed_tables, "HEAD", 60)
    monkeypatch.setattr(guessed_tables, "_BLOCK", 4_000)


def rows():
    found = drawn(digits=None)
    return found[found["label"] >= 0].drop(columns="file").reset_index(drop=True)


def other_names():
    return rows().rename(
        columns={"patient": "case", "label": "truth", "score": "prob", "split": "fold"}
    )


def in_words():
    words = np.array(["benign", "IDC"])
    return other_names().assign(truth=lambda table: words[table["truth"]])


def in_percent():
    return (
        other_names()
        .assign(prob=lambda table: 100 * table["prob"])
        .rename(columns={"prob": "prob_percent"})
    )


def by_file_name():
    found = rows()
    names = [
        f"{who}_idx5_x{x}_y{y}_class{label}.png"
        for who, x, y, label in zip(
            found["patient"], found["x"], found["y"], found["label"], strict=True
        )
    ]
    return pd.DataFrame({"file": names, "probability": found["score"], "split": found["split"]})


def semicolons(file, table):
    table.to_csv(file, sep=";", index=False)


def commas(file, table):
    table.to_csv(file, index=False)


def parquet(file, table):
    table.to_parquet(file)


@pytest.mark.parametrize(
    ("made", "write", "name"),
    [
        (other_names, commas, "table.csv"),
        (in_words, semicolons, "table.csv"),
        (in_percent, commas, "table.csv"),
        (by_file_name, commas, "table.csv"),
        (in_words, parquet, "table.parquet"),
    ],
    ids=["other names", "words", "percent", "file names", "parquet"],
)
def test_the_run_is_that_of_the_usual_import(made, write, name, tmp_path):
    source = tmp_path / name
    write(source, made())
    run, usual = (tmp_path / "models" / each for each in ("parts", "usual"))
    found = import_in_parts(source, run)
    assert len(score_parts.files_of(run)) > 2
    said = import_predictions(source, usual)
    own, theirs = (
        open_run(each).predictions().sort_values(["patient", "y", "x"], ignore_index=True)
        for each in (run, usual)
    )
    pd.testing.assert_frame_equal(own, theirs)
    assert found.report is not None
    assert open_run(run).info.source.mapping == said.mapping


def test_what_was_said_of_the_table_is_followed(tmp_path):
    source = tmp_path / "table.csv"
    table = other_names().assign(truth=lambda own: np.where(own["truth"] == 1, "yes!", "nope"))
    commas(source, table.assign(second=0.5))
    with pytest.raises(Refusal, match="not understood"):
        import_in_parts(source, tmp_path / "models" / "run")
    words = Asked(words={"yes!": 1, "nope": 0})
    import_in_parts(source, tmp_path / "models" / "run", named=Columns(score="second"), asked=words)
    predictions = open_run(tmp_path / "models" / "run").predictions()
    assert set(predictions["score"]) == {0.5}
    assert predictions["label"].sum() == rows()["label"].sum()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("prob", 1.5, r"row 301 .* is none, for “a score outside 0–1”"),
        ("prob", None, r"row 301 .* is none, for “no score”"),
        ("truth", "what", r"row 301 .* is none, for “a label word that is not understood”"),
        ("x", "here", r"row 301 .* is none, for “no place of patient, x and y”"),
        ("fold", "monday", "row 301 holds 'monday'"),
    ],
)
def test_a_row_far_below_the_head_that_is_none_is_refused(column, value, said, tmp_path):
    table = in_words().astype(object)
    table.loc[300, column] = value
    source = tmp_path / "table.csv"
    commas(source, table)
    with pytest.raises(Refusal, match=said):
        import_in_parts(source, tmp_path / "models" / "run")
    assert not (tmp_path / "models" / "run").exists()


def test_a_patch_that_comes_twice_in_a_batch_or_far_apart_is_refused(tmp_path):
    table = other_names()
    source = tmp_path / "table.csv"
    commas(source, pd.concat([table[:1], table]))
    with pytest.raises(Refusal, match="each patch once"):
        import_in_parts(source, tmp_path / "models" / "run")
    commas(source, pd.concat([table, table[:1]]))
    with pytest.raises(Refusal, match="expected each patch once"):
        import_in_parts(source, tmp_path / "models" / "run")


def test_a_table_without_a_row_or_a_header_in_its_first_line_is_refused(tmp_path):
    source = tmp_path / "table.csv"
    commas(source, other_names()[:0])
    with pytest.raises(Refusal, match="the table has no row"):
        import_in_parts(source, tmp_path / "models" / "run")
    source.write_text("# by the lab\n" + other_names().to_csv(index=False))
    with pytest.raises(Refusal, match="expected a header in the first line"):
        import_in_parts(source, tmp_path / "models" / "run")
