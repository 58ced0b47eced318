"""The Patients page, driven."""

import re

import pytest

from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.runs.run import open_run


def button(page, key):
    return next(each for each in page.at.button if each.key == key)


def viewers(page):
    found = page.at.get("bidi_component")
    return [each for each in found if each.proto.id.endswith("-slide_viewer")]


def press(page, key):
    button(page, key).click()
    page.at.run()
    return page


@pytest.fixture
def errors(full_run):
    """Places of the errors of 10253 at 0.5, farthest from the threshold first."""
    rows = open_run(full_run / "models" / "small").predictions()
    own = rows[rows["patient"] == "10253"]
    wrong = own[(own["score"] >= 0.5) != (own["label"] == 1)]
    order = (wrong["score"].astype(float) - 0.5).abs().sort_values(ascending=False).index
    return [f"x{x}_y{y}" for x, y in wrong.loc[order, ["x", "y"]].to_numpy()]


def test_the_worklist_has_a_row_a_patient_of_the_split(full_run, app):
    table = app().open("patients").listed("worklist")
    assert set(table["patient"]) == {"10253", "10254", "08863"}
    assert (table["fn"].astype(int) + table["fp"].astype(int)).is_monotonic_decreasing


def test_burden_is_empty_for_the_sampled_patient(full_run, app):
    table = app().open("patients").listed("worklist").set_index("patient")
    assert table.loc["10253", "burden"] == "50.0 %"
    assert table.loc["08863", ["burden", "predicted"]].tolist() == ["", ""]


def test_a_chosen_patient_survives_a_change_of_page(full_run, app):
    page = app().open("patients", patient="10254")
    page.open("operating-point/threshold").open("patients")
    assert page.query["patient"] == "10254"
    assert any("10254" in heading.value for heading in page.at.header)


def test_without_a_patch_the_most_confident_error_is_shown(full_run, app, errors):
    page = app(threshold="0.5").open("patients", patient="10253")
    assert page.panel()["title"] == f"10253 {errors[0]}"
    assert page.panel()["where"] == f"1 of {len(errors)}"
    assert "patch" not in page.query


def walk(page, words):
    step = next(each for each in page.panel()["steps"] if each["words"] == words)
    return page.act("show", to=step["to"]).query["patch"]


def test_next_and_previous_walk_along_the_errors(full_run, app, errors):
    page = app(threshold="0.5").open("patients", patient="10253")
    assert walk(page, "Next") == errors[1]
    assert walk(page, "Next") == errors[2 % len(errors)]
    assert walk(page, "Previous") == errors[1]


def test_next_patient_goes_down_the_worklist_and_all_patients_leads_back(full_run, app):
    page = app(threshold="0.5").open("patients")
    order = page.listed("worklist")["patient"].tolist()
    page.open("patients", patient=order[0])
    assert press(page, "next_patient").query["patient"] == order[1]
    assert press(page, "previous_patient").query["patient"] == order[0]
    assert "patient" not in press(page, "all_patients").query


def test_a_patch_without_error_can_be_looked_at(full_run, app, errors):
    rows = open_run(full_run / "models" / "small").predictions()
    own = rows[rows["patient"] == "10253"]
    names = [f"x{x}_y{y}" for x, y in own[["x", "y"]].to_numpy()]
    right = next(name for name in names if name not in errors)
    page = app(threshold="0.5").open("patients", patient="10253", patch=right)
    assert page.panel()["title"] == f"10253 {right}"
    assert page.panel()["where"].startswith(f"not in this list of {len(errors)}: ")
    assert page.query["patch"] == right


def test_the_slide_is_drawn_without_pixels_from_coordinates_alone(no_pixels, app):
    page = app().open("patients", patient="10253")
    assert not page.failed
    assert viewers(page)
    assert page.panel()["missing"] == "The pixels of this patch are not on this machine."
    assert "missing, not negative" in page.text
    assert "the pixels are not on this machine" in page.text
    assert page.panel()["picture"] is None


def test_a_threshold_without_errors_says_none(full_run, app, own_run):
    table = read_parquet(own_run / "predictions.parquet")
    write_parquet(
        own_run / "predictions.parquet",
        table.assign(score=(0.1 + 0.8 * table["label"]).astype("float32")),
    )
    page = app(threshold="0.5").open("patients", patient="10253")
    assert not page.failed
    assert "None at this threshold" in page.text


def test_without_the_viewer_the_page_names_the_command_and_works_on(full_run, app, monkeypatch):
    from dashboard import browser

    monkeypatch.setattr(browser, "OPENSEADRAGON", full_run / "nothing.js")
    page = app(threshold="0.5").open("patients", patient="10253")
    assert not page.failed
    assert "python -m dashboard.browser" in "".join(each.value for each in page.at.info)
    assert not viewers(page)
    assert page.panel()["steps"]


def test_patches_go_to_the_program_that_is_chosen(full_run, app):
    page = app(threshold="0.5").open("patients", patient="10253")
    key, label = offered(page)
    assert (key, label) == (
        "take_on_slide.qupath.geojson",
        "Patches on the slide image (QuPath)",
    )
    assert "is not known, as it was not cut here" in page.text
    page = app(threshold="0.5").open("patients", patient="10253", slide_tool="asap")
    assert offered(page)[0] == "take_on_slide.asap.xml"


def offered(page):
    """Key and label of the download for the original slide."""
    (found,) = [
        each.proto for each in page.at.get("download_button") if "take_on_slide" in each.proto.id
    ]
    return re.search(r"take_on_slide\.[\w.]+", found.id)[0], found.label


def test_a_damaged_table_of_slides_takes_nothing_but_its_own_file(own_world, app):
    store = own_world / "data" / "tiny"
    write_json(
        store / "manifest.json",
        read_json(store / "manifest.json")
        | {"raster": {"patch_px": 50, "um_per_px": 4.0, "um_from": "given"}},
    )
    (store / "slides.parquet").write_bytes(b"no table")
    page = app(threshold="0.5").open("patients", patient="10253")
    assert not page.failed
    assert "Not on the original slide: " in page.text
    assert "Patch by patch" in page.text
