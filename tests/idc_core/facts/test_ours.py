"""A file is ours where we wrote it of the same run, and nothing else is."""

import pandas as pd
import pytest

from idc_core.facts import ours
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.io.refusal import Refusal

TABLE = pd.DataFrame({"file": ["a\x1b.png", "b,c.png"], "score": [0.5, 0.25]})


@pytest.mark.parametrize("run", ["first", "=first", "a,b"])
def test_scores_of_the_same_run_are_ours(tmp_path, run):
    file = tmp_path / "scores.csv"
    file.write_text(table_csv(TABLE, Facts(run=run)))
    assert ours.scores_of(run)(file)
    assert not ours.scores_of("other")(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"file,score\na.png,0.5\n", b"\xff\xfe\x00", b"export_run\nfirst\n", b'"a\nb"\n"'],
)
def test_anything_else_is_not(tmp_path, content):
    file = tmp_path / "scores.csv"
    file.write_bytes(content)
    assert not ours.scores_of("first")(file)
    assert not ours.report_of("first")(file)
    with pytest.raises(Refusal, match="replace it with --overwrite"):
        ours.refuse_others(file, ours.scores_of("first"), "the scores of first")


def test_scores_from_before_the_tissue_was_said_are_ours_still(tmp_path):
    file = tmp_path / "scores.csv"
    rows = [
        line.split(",") for line in table_csv(TABLE[["score"]], Facts(run="first")).splitlines()
    ]
    at = rows[0].index("export_tissue")
    file.write_text("\n".join(",".join(row[:at] + row[at + 1 :]) for row in rows))
    assert ours.scores_of("first")(file)
    assert not ours.scores_of("other")(file)


def test_a_table_with_a_column_of_ones_own_is_not(tmp_path):
    file = tmp_path / "scores.csv"
    lines = table_csv(TABLE, Facts(run="first")).splitlines()
    file.write_text("\n".join(f"{line},note" for line in lines))
    assert not ours.scores_of("first")(file)


def test_a_free_name_is_free_and_a_folder_is_no_file(tmp_path):
    ours.refuse_others(tmp_path / "new.csv", ours.scores_of("first"), "the scores of first")
    with pytest.raises(Refusal, match="is a folder"):
        ours.refuse_others(tmp_path, ours.scores_of("first"), "the scores of first")


def test_scores_of_a_run_with_other_classes_are_ours_and_say_which_is_positive(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text(table_csv(TABLE, Facts(run="first", classes=("tumour", "stroma"))))
    assert ours.scores_of("first")(file)
    assert ",export_positive_class,export_negative_class," in file.read_text()
    assert ",tumour,stroma," in file.read_text()
    assert "positive_class" not in table_csv(TABLE, Facts(run="first"))
