"""A patient with two slides: each is looked at, linked and judged by its name."""

import io
import json

import pandas as pd
import pytest

from dashboard.views.data import flow
from dashboard.widgets import export
from idc_core.data.stores.store import open_store
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run
from tests.other_raster import COLUMNS, ROWS, trained

SIDE = 96
HERE = {"run": "ours", "split": "test", "patient": "four", "threshold": "0.5"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("two_slides")
    trained(root, SIDE, second_slide="b")
    return root


@pytest.fixture
def settled(world, settle):
    return settle(world)


def test_every_page_opens_on_the_second_slide(settled, app, views):
    at = HERE | {"slide": "b", "patch": "x97_y97"}
    failed = {}
    for view in views:
        page = app(**at).open(view)
        if page.failed:
            failed[view] = page.text[-300:]
    assert failed == {}


def test_the_page_of_the_patient_shows_both_slides_and_opens_the_first(settled, app):
    page = app(**HERE).open("patients")
    assert not page.failed
    assert page.query["slide"] == "a"
    (choice,) = [each for each in page.at.get("button_group") if each.key == "slide_choice"]
    size = COLUMNS * ROWS
    assert [each.split(",")[0] for each in choice.options] == [
        f"a ({size} patches",
        f"b ({size} patches",
    ]


def test_a_link_without_a_slide_opens_one_that_has_the_patch_and_a_strange_one_is_told(
    settled, app
):
    page = app(**HERE, patch="x97_y97").open("patients")
    assert (page.query["slide"], page.query["patch"]) == ("a", "x97_y97")
    page = app(**HERE, slide="z", patch="x97_y97").open("patients")
    assert page.query["slide"] == "a"
    assert "Patient four has no slide z" in page.text


def test_a_verdict_stands_on_the_slide_that_was_displayed(settled, app, own_reviews):
    page = app(**HERE, slide="b", patch="x97_y1", which="all").open("patients").read_as("Ada")
    page.act(verdict="unsure")
    assert page.query["slide"] == "b"
    run = open_run(settled / "models" / "ours")
    standing = open_reviews(own_reviews).standing(data_key(run))
    assert standing[["patient", "slide", "x", "y", "verdict"]].to_numpy().tolist() == [
        ["four", "b", 97, 1, "unsure"]
    ]
    there = app(**HERE, slide="a", patch="x97_y1").open("patients").read_as("Ada")
    assert there.panel()["standing"] is None
    again = app(**HERE, slide="b", patch="x97_y1").open("patients").read_as("Ada")
    assert again.panel()["standing"]["verdict"] == "unsure"


def test_another_patient_forgets_the_slide(settled, app):
    page = app(**HERE, slide="b").open("patients")
    next(each for each in page.at.button if each.key == "next_patient").click()
    page.at.run()
    assert page.query["patient"] == "five"
    assert page.query["slide"] == "a"


def test_the_flow_of_the_data_counts_slides_and_not_patients(settled):
    store = open_store(settled / "data" / "drawn")
    of_patients = next(each for each in flow.steps(store) if each.title == "Patients")
    assert of_patients.said == "5, 6 complete slides"


def test_what_is_exported_says_in_its_name_and_in_itself_which_slide_it_is(
    settled, app, monkeypatch
):
    made = {}

    def caught(_label, make, *, name, ending, patient=None, slide=None, **_):
        made[export.file_name(name, ending, patient, None, slide)] = make()

    page = app(**HERE, slide="b")
    monkeypatch.setattr(export, "button", caught)
    page.open("patients")
    csv, geojson, html = (
        made[f"ours_test_four_b_patches.{ending}"] for ending in ("csv", "geojson", "html")
    )
    rows = pd.read_csv(io.StringIO(csv))
    assert list(rows.columns[:4]) == ["patient", "slide", "x", "y"]
    assert len(rows) == COLUMNS * ROWS
    assert set(rows["slide"]) == set(rows["export_slide"]) == {"b"}
    assert json.loads(geojson)["properties"]["slide"] == "b"
    assert "four · b" in html
