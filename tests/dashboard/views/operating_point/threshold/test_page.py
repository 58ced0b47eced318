"""The Threshold page, driven."""

import re

import pytest

from idc_core.runs.run import open_run


def numbers(page):
    """The figures at the top: sensitivity and specificity first."""
    return [float(value) for value in re.findall(r'class="value">([\d.]+)', page.html)]


def button(page, key):
    return next(each for each in page.at.button if each.key == key)


def test_raising_the_threshold_lowers_sensitivity_and_raises_specificity(full_run, app):
    page = app(threshold="0.2").open("operating-point/threshold")
    low = numbers(page)
    page.move_threshold(0.8)
    high = numbers(page)
    assert high[0] < low[0]
    assert high[1] > low[1]
    assert float(page.query["threshold"]) == 0.8


def test_the_figures_are_those_of_the_predictions(full_run, app):
    rows = open_run(full_run / "models" / "small").predictions()
    test = rows[rows["split"] == "test"]
    page = app(threshold="0.4").open("operating-point/threshold")
    called = test["score"] >= 0.4
    assert numbers(page)[0] == round(float(called[test["label"] == 1].mean()), 2)
    assert numbers(page)[1] == round(float((~called[test["label"] == 0]).mean()), 2)


def test_the_sentence_names_patients_and_interval(full_run, app):
    page = app().open("operating-point/threshold")
    sentence = r"Of 100 IDC patches, <strong>\d+ are found</strong> \(95 % interval \d+ to"
    assert re.search(sentence, page.text)
    assert "from 3 patients" in page.text


@pytest.mark.parametrize("outcome", ["tp", "fn", "fp", "tn"])
def test_a_cell_shows_exactly_its_patches(full_run, app, outcome):
    rows = open_run(full_run / "models" / "small").predictions()
    test = rows[rows["split"] == "test"]
    is_idc, called = test["label"] == 1, test["score"] >= 0.45
    counts = {
        "tp": is_idc & called,
        "fn": is_idc & ~called,
        "fp": ~is_idc & called,
        "tn": ~is_idc & ~called,
    }
    page = app(threshold="0.45").open("operating-point/threshold")
    button(page, f"cell_{outcome}").click()
    page.at.run()
    expected = int(counts[outcome].sum())
    assert any(f": {expected} patches" in heading.value for heading in page.at.header)
    assert page.query["cell"] == outcome


def test_a_patch_of_the_gallery_opens_on_the_patients_page(full_run, app):
    page = app(threshold="0.45", cell="fn").open("operating-point/threshold", cell="fn")
    picker = page.at.selectbox(key="cell_gallery_fn_pick")
    name = picker.options[0]
    picker.set_value(name).run()
    patient, _, patch = name.rpartition(" ")
    assert page.title == "Patients"
    assert page.query["patient"] == patient
    assert page.query["patch"] == patch


def test_a_rule_moves_the_threshold_to_what_validation_says(full_run, app):
    rows = open_run(full_run / "models" / "small").predictions()
    validation = rows[rows["split"] == "validation"]
    page = app(threshold="0.99").open("operating-point/threshold")
    button(page, "rule_sensitivity>=0.9").click()
    page.at.run()
    moved = float(page.query["threshold"])
    found = validation.loc[validation["label"] == 1, "score"]
    assert (found >= moved - 1e-6).mean() >= 0.9
    assert "Choose on validation" in page.text


def test_the_operating_point_is_one_click_away(full_run, app):
    point = open_run(full_run / "models" / "small").operating_points()[-1].threshold
    page = app(threshold="0.99").open("operating-point/threshold")
    button(page, "rule_locked").click()
    page.at.run()
    assert float(page.query["threshold"]) == pytest.approx(point, abs=1e-5)


def test_a_split_without_patches_says_so(full_run, app):
    page = app(split="unused").open("operating-point/threshold")
    assert not page.failed
    assert "holds no patch" in page.text
