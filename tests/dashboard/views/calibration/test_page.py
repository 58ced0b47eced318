"""The page Calibration: evaluation and recalibration; what is saved drives every page."""

import re

import pandas as pd
import pytest

from idc_core.io.files import read_json
from idc_core.runs.run import open_run


def numbers(page):
    found = re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html)
    return dict(found)


def drawn(page):
    return [chart.proto.SerializeToString() for chart in page.at.get("vega_lite_chart")]


def test_the_figures_are_those_of_the_report(full_run, app):
    page = app().open("calibration")
    pooled = read_json(full_run / "models" / "small" / "report.json")["splits"]["test"]["pooled"]
    assert numbers(page)["Brier score"] == f"{pooled['brier']['value']:.2f}"
    assert numbers(page)["Expected calibration error (ECE)"] == f"{pooled['ece']['value']:.2f}"


@pytest.mark.parametrize("kind", ["temperature", "platt", "isotonic"])
def test_a_map_is_laid_over_the_diagram(full_run, app, kind):
    page = app().open("calibration")
    before = drawn(page)
    page.at.segmented_control(key="map").set_value(kind).run()
    assert drawn(page) != before


def test_a_kept_map_drives_every_page_and_going_back_brings_the_raw_scores(own_run, app):
    page = app().open("calibration")
    raw = {"threshold": page.query["threshold"], **numbers(page)}
    page.at.segmented_control(key="map").set_value("platt").run()
    page.at.button(key="keep_map").click().run()
    assert not page.failed
    assert "Every page now uses the platt recalibration" in page.text
    kept = open_run(own_run).calibration_id()
    assert kept.startswith("platt")
    assert page.query["threshold"] != raw["threshold"]
    assert numbers(page)["Brier score"] == f"{_brier(own_run):.2f}"
    page.open("operating-point/threshold")
    assert "operating point, locked" in page.threshold["state"]
    page.open("calibration")
    page.at.segmented_control(key="map").set_value("raw").run()
    page.at.button(key="keep_map").click().run()
    assert open_run(own_run).calibration_id() is None
    assert numbers(page)["Slope"] == raw["Slope"]
    assert page.query["threshold"] == raw["threshold"]


def _brier(run):
    return read_json(run / "report.json")["splits"]["test"]["pooled"]["brier"]["value"]


def test_without_validation_it_says_how_to_get_it(own_run, app):
    file = own_run / "predictions.parquet"
    table = pd.read_parquet(file)
    table[table["split"] != "validation"].to_parquet(file)
    page = app().open("calibration")
    assert not page.failed
    assert "--validation 0.4" in page.text


def test_a_damaged_map_is_said_on_the_page(own_run, app):
    (own_run / "calibration.json").write_text('{"id": "x", "kind": "magic"}')
    page = app().open("calibration")
    assert not page.failed
    assert "Remove the file" in page.text


def test_a_patient_that_is_far_off_is_opened(full_run, app):
    page = app().open("calibration")
    pick = page.at.selectbox(key="open_gap")
    name = pick.options[0]
    pick.select(name).run()
    assert page.title == "Patients"
    assert page.query["patient"] == name.partition(":")[0]


def test_bins_of_equal_counts_are_others(full_run, app):
    page = app().open("calibration")
    before = drawn(page)
    page.at.segmented_control(key="bins").set_value("counts").run()
    assert drawn(page) != before
