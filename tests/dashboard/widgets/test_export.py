"""A file says what its page showed when it was drawn, wherever the selection has moved since."""

import csv
import io

import pandas as pd
import pytest

from dashboard.cache import operating, runs
from dashboard.state import selection
from dashboard.state.selection import Selection
from dashboard.widgets import export, figure
from idc_core.io.files import sha256_of


@pytest.fixture
def buttons(monkeypatch):
    """Every button that is drawn: label, what makes the file, its settings."""
    drawn = []
    monkeypatch.setattr(
        export.st, "download_button", lambda label, make, **look: drawn.append((label, make, look))
    )
    return drawn


@pytest.fixture
def at(monkeypatch, full_run):
    """Moves the selection, as a click on another page does."""

    def moved(**parts):
        monkeypatch.setattr(selection, "current", lambda: Selection(run="small", **parts))
        return full_run

    return moved


def saved(button):
    return list(csv.DictReader(io.StringIO(button[1]())))


def test_the_facts_are_those_of_the_page_that_was_drawn(buttons, at):
    root = at(split="validation", threshold=0.123456789012345)
    figure.download(pd.DataFrame({"split": ["own"]}), key="rates")
    at(split="test", threshold=0.9)
    (row,) = saved(buttons[0])
    assert row["split"] == "own"
    assert row["export_run"] == "small"
    assert row["export_split"] == "validation"
    assert row["export_threshold"] == "0.123456789012345"
    assert row["export_threshold_state"] == "exploratory"
    assert row["export_model_sha256"] == sha256_of(root / "models" / "small" / "model.onnx")
    assert row["export_calibration"] == "raw scores"
    assert buttons[0][2]["file_name"] == "small_validation_rates.csv"


def test_nothing_is_written_before_the_click(buttons, at, monkeypatch):
    at(split="test", threshold=0.5)
    monkeypatch.setattr(export, "table_csv", lambda *_: pytest.fail("written while drawn"))
    figure.download(pd.DataFrame({"a": range(100_000)}), key="large")
    assert len(buttons) == 1


def test_rows_are_counted_themselves_and_a_curve_by_its_split(buttons, at):
    at(split="test", threshold=0.5)
    patches = pd.DataFrame({"patient": ["a", "a"], "x": [1, 51], "y": [1, 1]})
    figure.download(patches, key="gallery")
    figure.download(pd.DataFrame({"at": [0.5]}), key="roc")
    figure.download(pd.DataFrame({"work": ["x"]}), key="published", of=export.NO_COUNT)
    said = [(saved(b)[0]["export_patches"], saved(b)[0]["export_patients"]) for b in buttons]
    whole = export.facts()
    assert said == [("2", "1"), (str(whole.patches), str(whole.patients)), ("", "")]
    assert whole.patches > 2


def test_the_state_is_that_of_the_locked_threshold(at, full_run):
    at(split="test", threshold=0.5)
    locked = operating.locked_threshold(runs.run("small"))
    at(split="test", threshold=locked)
    assert export.facts().state == "operating point"


@pytest.fixture
def following(monkeypatch):
    """The page follows these parts of the bar only."""
    return lambda *parts: monkeypatch.setattr(selection, "follows", lambda part: part in parts)


def test_what_the_page_does_not_follow_is_in_no_file(buttons, at, following):
    at(split="test", threshold=0.9)
    following("run")
    found = export.facts()
    assert (found.split, found.threshold, found.state, found.patches) == (None, None, None, None)
    assert found.line() == "small · research use only"
    figure.download(pd.DataFrame({"loss": [0.5]}), key="rows")
    assert buttons[0][2]["file_name"] == "small_rows.csv"
    assert saved(buttons[0])[0]["export_threshold"] == ""
    following("run", "split")
    assert export.facts().line().startswith("small · test · ")
    assert export.facts().threshold is None


def test_a_figure_of_its_own_split_and_of_no_threshold_says_so(buttons, at):
    at(split="test", threshold=0.9)
    of = export.Count(None, None, split="train and validation", cut=False)
    assert export.facts(of).line() == "small · train and validation · research use only"
    figure.download(pd.DataFrame({"loss": [0.5]}), key="history", of=of)
    assert buttons[0][2]["file_name"] == "small_train_and_validation_history.csv"
    figure.download(pd.DataFrame({"run": ["a"]}), key="ledger", of=export.OF_NO_SPLIT)
    assert buttons[1][2]["file_name"] == "small_ledger.csv"
    row = saved(buttons[1])[0]
    assert (row["export_split"], row["export_threshold"], row["export_run"]) == ("", "", "small")


def test_without_a_run_the_facts_are_empty(monkeypatch):
    monkeypatch.setattr(selection, "current", lambda: Selection())
    assert export.facts().run is None
    assert export.facts().patches is None
