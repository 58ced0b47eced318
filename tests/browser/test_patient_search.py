"""Of many patients the bar finds one by a part of the name, by keys alone."""

import numpy as np
import pandas as pd
import pytest

from idc_core.io.files import write_json, write_parquet
from idc_core.runs.run import PREDICTION_COLUMNS
from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENTS = 450


@pytest.fixture(scope="module")
def served(tmp_path_factory, serve):
    """A run of more patients than the bar lists, of two patches each."""
    root = tmp_path_factory.mktemp("crowd")
    (root / "data").mkdir()
    at = np.arange(2 * PATIENTS)
    table = {"patient": [f"P{each // 2:03}" for each in at], "label": (at % 2).astype(np.int8)}
    table |= {"x": (1 + 50 * (at % 2)).astype(np.int32), "y": np.int32(1), "split": "test"}
    table |= {"score": np.linspace(0, 1, len(at), dtype=np.float32), "file": ""}
    run = root / "models" / "crowd"
    write_parquet(run / "predictions.parquet", pd.DataFrame(table)[list(PREDICTION_COLUMNS)])
    write_json(run / "run.json", {"status": "imported"})
    with serve(root) as address:
        yield f"{address}/patients?run=crowd&split=test&threshold=0.4"


def test_letters_bring_names_and_enter_opens_the_one_that_arrows_lead_to(served, cleared_tab):
    page = cleared_tab
    page.goto(served)
    at_rest(page)
    field = page.locator(".picker input")
    assert field.input_value() == "All 450 patients"
    field.focus()
    page.keyboard.type("p44")
    names = page.locator(".picker li")
    names.nth(10).get_by_text("P449").wait_for()  # those of P440 to P449, after all patients
    assert names.count() == 11
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(".picker [aria-selected=true]").inner_text() == "P442"
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location.href).searchParams.get('patient') === 'P442'")
    at_rest(page)
    assert field.input_value() == "P442"
    assert page.locator("h2").get_by_text("Patient P442").count() == 1


def test_escape_leaves_it_as_it_was_and_unknown_letters_open_nothing(served, cleared_tab):
    page = cleared_tab
    page.goto(served)
    at_rest(page)
    field = page.locator(".picker input")
    field.focus()
    page.keyboard.type("nobody")
    page.locator(".picker .more").get_by_text("No patient of this split is called so.").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert field.input_value() == "All 450 patients"
    assert page.locator(".picker .found").is_hidden()
    assert "patient=" not in page.url
