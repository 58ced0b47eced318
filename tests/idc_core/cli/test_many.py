"""Commands that judge or bring more predictions than memory holds."""

import html
import re

import pytest

from idc_core.runs import score_parts
from tests.idc_core.many.worlds import drawn, run_of


@pytest.fixture(autouse=True)
def few(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)


def test_evaluate_judges_what_does_not_fit_into_memory_and_verify_finds_it_whole(command, tmp_path):
    run = run_of(tmp_path / "models" / "many", drawn())
    code, said = command("evaluate", "--run", "many")
    assert code == 0
    assert "predictions are read in parts" in said
    assert (run.path / "report.json").is_file()
    code, said = command("verify", "--run", "many")
    assert (code, "the files of scores" in said) == (0, True)
    part = run.path / "predictions" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    code, said = command("verify", "--run", "many")
    assert code == 1
    assert "The part part-00000.parquet of the scores changed." in said


def test_the_report_says_what_that_of_the_same_run_in_memory_says(command, monkeypatch, tmp_path):
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 10_000)
    pages = {}
    for name in ("small", "large"):
        run = run_of(tmp_path / "models" / name, drawn(14))
        assert command("evaluate", "--run", name)[0] == 0
        code, said = command("report", "--run", name)
        assert code == 0, said
        pages[name] = _sections((run.path / "report.html").read_text())
        monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)
    small, large = pages["small"], pages["large"]
    for key in ("figures", "matrix", "curves", "calibration", "decision", "methods"):
        assert large[key] == small[key] != "", key
    assert "each patch would have to be looked at" in large["maps"]
    assert "Patient's share of IDC: 10–30 %" in html.unescape(large["subgroups"])
    assert "No other subgroups" in large["subgroups"]


def _sections(page):
    """The sections by their keys; places in drawings to a millionth of a pixel."""
    page = re.sub(r"\d+\.\d{7,}", lambda number: f"{float(number[0]):.6f}", page)
    found = re.split(r'<section id="(\w+)"', page)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_check_answers_from_what_is_kept(command, tmp_path):
    run_of(tmp_path / "models" / "many", drawn(14))
    assert command("evaluate", "--run", "many")[0] == 0
    code, said = command("check", "--run", "many", "--min-auc", "0.5", "--min-sensitivity", "0.1")
    assert code == 0, said
    assert said.count("met     ") == 2
    code, said = command("check", "--run", "many", "--min-auc", "0.999")
    assert code == 1
    assert "MISSED  ROC-AUC" in said


def test_a_table_is_brought_in_parts_and_what_needs_all_rows_is_refused(command, tmp_path):
    rows = drawn().drop(columns="file")
    rows[rows["label"] >= 0].to_csv(tmp_path / "table.csv", index=False)
    words = ("import-predictions", tmp_path / "table.csv", "--run", "many", "--in-parts")
    code, said = command(*words, "--validation", "0.4", "--like", "demo")
    assert code == 2
    assert "expected --in-parts without --like, --validation" in said
    assert not (tmp_path / "models" / "many").exists()
    code, said = command(*words)
    assert code == 0
    assert "test: ROC-AUC 0." in said
    assert "Look at it: make dashboard, then choose the run many" in said


def test_columns_of_a_table_in_parts_may_be_named(command, tmp_path):
    rows = drawn().drop(columns="file").rename(columns={"score": "net_a"})
    rows[rows["label"] >= 0].assign(net_b=0.5).to_csv(tmp_path / "table.csv", index=False)
    code, said = command(
        *("import-predictions", tmp_path / "table.csv", "--run", "many", "--in-parts"),
        *("--score-column", "net_a"),
    )
    assert code == 0
    assert "probability of IDC from “net_a”" in said
