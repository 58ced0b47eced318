"""The bar on every page: what it lists, what it warns of."""

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import runs
from idc_core.io.files import read_json, write_json, write_parquet
from idc_core.runs.run import PREDICTION_COLUMNS


@pytest.fixture
def many_patients(settle, tmp_path):
    """A run of 1,000 patients with four patches each."""
    at = np.arange(4000)
    table = pd.DataFrame(
        {
            "patient": [f"P{number // 4:04d}" for number in at],
            "x": (at % 4 * 50 + 1).astype(np.int32),
            "y": np.int32(1),
            "label": (at % 2).astype(np.int8),
            "split": "test",
            "score": np.linspace(0, 1, 4000, dtype=np.float32),
            "file": "",
        }
    )
    run = tmp_path / "models" / "many"
    write_parquet(run / "predictions.parquet", table[list(PREDICTION_COLUMNS)])
    write_json(run / "run.json", {"status": "imported"})
    settle(tmp_path)


def test_of_many_patients_those_are_listed_that_a_search_finds(many_patients, app):
    page = app().open("patients")
    shown = page.panel("bar_patient_search")
    assert shown["found"] == [f"P{at:04}" for at in range(50)]
    assert shown["more"] == "1,000 found, the first 50 are listed: type more."
    page.tell("bar_patient_search", "searched", {"search": "p099", "turn": "1"})
    shown = page.panel("bar_patient_search")
    assert shown["found"] == [f"P{at:04}" for at in range(990, 1000)]
    assert (shown["more"], shown["turn"]) == ("", "1")
    page.tell("bar_patient_search", "picked", {"name": "P0999"})
    assert not page.failed
    assert page.query["patient"] == "P0999"
    assert page.panel("bar_patient_search")["chosen"] == "P0999"
    page.tell("bar_patient_search", "picked", {"name": None})
    assert "patient" not in page.query


def test_letters_that_no_name_has_are_said_and_a_name_that_nobody_has_is_no_error(
    many_patients, app
):
    page = app().open("patients")
    page.tell("bar_patient_search", "searched", {"search": "nobody", "turn": "1"})
    shown = page.panel("bar_patient_search")
    assert (shown["found"], shown["more"]) == ([], "No patient of this split is called so.")
    page.tell("bar_patient_search", "picked", {"name": "nobody"})
    assert not page.failed
    assert "Patient nobody is not in this split" in page.text
    assert "patient" not in page.query


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
def test_what_a_run_warns_of_stands_on_every_page(own_run, app, in_turns, step):
    """On every third page, as the frame says it; `make test-long` opens all."""
    info = read_json(own_run / "run.json")
    write_json(own_run / "run.json", info | {"warnings": ["Balanced <b>split</b> of patches."]})
    for view in in_turns(0, step):
        page = app().open(view)
        assert "Balanced &lt;b&gt;split&lt;/b&gt; of patches." in page.html


def test_places_that_are_no_pixels_are_said_where_squares_are_drawn(many_patients, app):
    (run,) = (runs.run("many"),)
    table = run.predictions()
    at = np.arange(len(table))
    wrong = table.assign(x=(at % 4 % 2).astype(np.int32), y=(at % 4 // 2).astype(np.int32))
    assert "no pixels of patches side by side" not in app().open("patients", run="many").html
    write_parquet(run.path / "predictions.parquet", wrong)
    assert "no pixels of patches side by side" in app().open("patients", run="many").html


def test_the_threshold_says_what_it_predicts_as_the_run_calls_it(tumour_run, app):
    page = app(run="small", threshold="0.5").open("calibration")
    said = page.threshold["help"]
    assert said.startswith("Exactly 0.5. A patch is predicted tumour when its score is at least")
