"""The tab Tumour areas: areas that follow threshold and rule, and what smoothing would change."""

import re

import numpy as np

from dashboard.cache import cutoff, predictions, runs
from dashboard.charts.theme import digits
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.spatial.saved_smoothing import saved
from idc_core.io.files import read_parquet, write_parquet
from idc_core.runs.run import open_run


def numbers(page):
    return dict(re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html))


def test_a_low_threshold_finds_every_area(full_run, app):
    page = app(threshold="0").open("failures/areas")
    assert numbers(page)["Tumour areas found"] == "1.00"
    assert numbers(page)["Single-patch false positives"] == "0"


def test_a_high_threshold_misses_areas_and_lists_them(full_run, app):
    page = app(threshold="1").open("failures/areas")
    assert numbers(page)["Tumour areas found"] == "0.00"
    assert (page.listed("regions_table")["what"] == "missed").all()


def test_more_of_an_area_can_be_asked_for(full_run, app):
    found = []
    for threshold in ("0.5", "0.7", "0.9"):
        page = app(threshold=threshold).open("failures/areas")
        one = float(numbers(page)["Tumour areas found"])
        page.at.segmented_control(key="hit").set_value("half").run()
        found.append((one, float(numbers(page)["Tumour areas found"])))
    assert all(half <= one for one, half in found)
    assert any(half < one for one, half in found)


def test_without_whole_slides_it_says_why_there_are_no_areas(full_run, app, monkeypatch):
    from dashboard.cache import spatial

    monkeypatch.setattr(spatial, "whole_patients", lambda run, split: frozenset())
    spatial._places.clear()
    page = app().open("failures/areas")
    spatial._places.clear()
    assert "Tumour areas need whole slides" in "".join(each.value for each in page.at.info)


def smoothable(own_run):
    """Whole slides with noisy scores, on validation and on test."""
    table = read_parquet(own_run / "predictions.parquet")
    noise = np.random.default_rng(0).normal(0, 0.25, len(table))
    score = np.clip(0.35 + 0.3 * table["label"] + noise, 0.001, 0.999).astype("float32")
    write_parquet(own_run / "predictions.parquet", table.assign(score=score))
    (own_run / "operating_points.jsonl").unlink()
    write_evaluation(open_run(own_run))
    return open_run(own_run)


def test_smoothing_is_compared_before_anybody_takes_it(own_run, app):
    run = smoothable(own_run)
    page = app(split="test").open("failures/areas")
    assert "of the mean of its neighbours" in page.text
    table = next(each.value for each in page.at.dataframe if "with smoothing" in each.value)
    assert "Tumour areas found" in table["metric"].tolist()
    assert saved(run) is None


def test_smoothing_that_is_taken_drives_every_page_and_can_be_given_back(own_run, app):
    run = smoothable(own_run)
    plain = run.report().splits["test"].pooled["roc_auc"].value
    before = run.operating_point()
    page = app(split="test").open("failures/areas")
    press(page, "take_smoothing")
    at = digits(cutoff.own(open_run(own_run)).value)
    said = f"Every page now uses smoothed scores of whole slides. Operating point: {at}."
    assert said in page.text.replace("\\", "")
    assert saved(run).strength > 0
    assert run.calibration_id() == saved(run).id
    smooth = run.report().splits["test"].pooled["roc_auc"].value
    assert smooth != plain
    assert run.operating_point().calibration == saved(run).id
    rows = predictions.scores(runs.run("small"), "test").rows
    raw = predictions.scores(runs.run("small"), "test", raw=True).rows
    sampled = (rows["patient"] == "08863").to_numpy()
    assert (rows["score"].to_numpy() != raw["score"].to_numpy())[~sampled].mean() > 0.9
    assert (rows["score"].to_numpy() == raw["score"].to_numpy())[sampled].all()
    press(page, "take_smoothing")
    assert saved(run) is None
    assert run.operating_point() == before
    assert run.report().splits["test"].pooled["roc_auc"].value == plain


def press(page, key):
    next(each for each in page.at.button if each.key == key).click()
    page.at.run()


def test_a_damaged_smoothing_is_said_on_the_page(own_run, app):
    (own_run / "smoothing.json").write_text('{"id": "smooth-1", "strength": 7, "whole": []}')
    page = app().open("failures/areas")
    assert not page.failed
    assert "smoothing.json" in page.text.replace("\\", "")
