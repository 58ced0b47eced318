"""A file says what its page showed when it was drawn, wherever the thread has moved since."""

import csv
import io

import pandas as pd
import pytest

from dashboard import thread
from dashboard.components import export, figure
from dashboard.thread import Thread
from idc_core.files import sha256_of


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
    """Moves the thread, as a click on another page does."""

    def moved(**parts):
        monkeypatch.setattr(thread, "current", lambda: Thread(run="small", **parts))
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
    locked = export.loaders.locked_threshold(export.loaders.run("small"))
    at(split="test", threshold=locked)
    assert export.facts().state == "operating point"


def test_without_a_run_the_facts_are_empty(monkeypatch):
    monkeypatch.setattr(thread, "current", lambda: Thread())
    assert export.facts().run is None
    assert export.facts().patches is None
