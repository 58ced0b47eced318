"""A patient with two slides: each is looked at, linked and judged by its name."""

import io
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard.views.data import flow
from dashboard.widgets import export
from idc_core.data.stores.store import open_store
from idc_core.importing.options import Asked
from idc_core.importing.run import import_predictions
from idc_core.io.files import read_parquet, write_parquet
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.corrected_labels import read_labels, relabelled
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


@pytest.mark.parametrize("known", [True, False], ids=["of our store", "of no store"])
def test_every_page_opens_on_slides_that_were_imported(known, world, settle, app, views, tmp_path):
    settle(tmp_path)
    shutil.copytree(world / "data", tmp_path / "data")
    rows = open_run(world / "models" / "ours").predictions().drop(columns="file")
    patient = "four" if known else "no four"
    if not known:
        rows["patient"] = "no " + rows["patient"]
    file = tmp_path / "theirs.csv"
    rows.to_csv(file, index=False)
    found = import_predictions(file, tmp_path / "models" / "theirs")
    assert found.store == ("drawn" if known else None)
    at = HERE | {"run": "theirs", "patient": patient, "slide": "b"}
    failed = {}
    for view in views:
        page = app(**at).open(view)
        if page.failed:
            failed[view] = page.text[-300:]
    assert failed == {}
    assert app(**at).open("patients").query["slide"] == "b"


def test_the_page_of_the_patient_shows_both_slides_and_opens_the_first(settled, app):
    page = app(**HERE).open("patients")
    assert not page.failed
    assert page.query["slide"] == "a"
    strip, size = page.panel("slide_choice"), COLUMNS * ROWS
    assert [each["name"] for each in strip["slides"]] == ["a", "b"]
    assert [each["said"].split(",")[0] for each in strip["slides"]] == [f"{size} patches"] * 2
    assert (strip["chosen"], strip["named"]) == ("a", "2 slides of this patient")


def test_a_click_on_the_strip_opens_that_slide_and_no_other_patients(settled, app):
    page = app(**HERE).open("patients")
    page.tell("slide_choice", "slide", "b")
    assert page.query["slide"] == "b"
    assert page.panel("slide_choice")["chosen"] == "b"
    page.tell("slide_choice", "slide", "of another patient")
    assert page.query["slide"] == "b"


def test_a_blinded_reader_hears_of_no_errors_on_the_strip(settled, app):
    said = [each["said"] for each in app(**HERE).open("patients").panel("slide_choice")["slides"]]
    assert all("error" in each for each in said)
    blind = app(**HERE, blind="1").open("patients")
    size = COLUMNS * ROWS
    assert [each["said"] for each in blind.panel("slide_choice")["slides"]] == [
        f"{size} patches"
    ] * 2


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


def test_a_slide_without_labels_beside_one_with_labels_is_reviewed_by_its_fields(
    world, tmp_path, settle, app
):
    for name in ("data", "models"):
        shutil.copytree(world / name, tmp_path / name)
    file = tmp_path / "models" / "ours" / "predictions.parquet"
    rows = read_parquet(file)
    unknown = (rows["patient"] == "four") & (rows["slide"] == "b")
    write_parquet(file, rows.assign(label=rows["label"].mask(unknown, -1)))
    settle(tmp_path)
    page = app(**HERE, slide="b").open("patients")
    assert not page.failed
    fields = [block.value for block in page.at.caption if "fields" in block.value]
    assert not [each for each in fields if "disagree" in each]
    labelled = app(**HERE, slide="a").open("patients")
    assert not labelled.failed
    assert "disagree most" in labelled.html


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


def test_exported_predictions_come_back_as_the_same_run(settled, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(settled / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    ours = open_run(settled / "models" / "ours")
    found = import_predictions(ours.path / "predictions.parquet", tmp_path / "models" / "again")
    again = open_run(tmp_path / "models" / "again")
    same = [name for name in ours.predictions() if name != "file"]
    assert again.predictions()[same].equals(ours.predictions()[same])
    assert found.store == "drawn"
    assert again.info.raster == ours.info.raster
    assert again.info.data.fingerprint == ours.info.data.fingerprint
    assert again.info.data.patches == ours.info.data.patches
    assert again.report().splits == ours.report().splits
    assert again.report().threshold == ours.report().threshold


def test_the_table_of_one_slide_comes_back_as_that_slide(settled, app, monkeypatch, tmp_path):
    made = {}

    def caught(_label, make, *, name, ending, patient=None, slide=None, **_):
        made[export.file_name(name, ending, patient, None, slide)] = make

    page = app(**HERE, slide="b")
    monkeypatch.setattr(export, "button", caught)
    page.open("patients")
    file = tmp_path / "slide.csv"
    file.write_text(made["ours_test_four_b_patches.csv"]())
    monkeypatch.setenv("IDC_DATA", str(settled / "data"))
    answers = Asked(labels_from="column")
    found = import_predictions(file, tmp_path / "models" / "b", answers=answers)
    assert found.store == "drawn"
    rows = open_run(tmp_path / "models" / "b").predictions()
    ours = open_run(settled / "models" / "ours").predictions()
    mine = ours[(ours["patient"] == "four") & (ours["slide"] == "b")].reset_index(drop=True)
    same = ["patient", "slide", "x", "y", "label"]
    assert rows[same].equals(mine[same])
    assert np.allclose(rows["score"], mine["score"])


def test_a_label_corrected_on_one_slide_is_corrected_on_that_one(
    settled, app, own_reviews, monkeypatch, tmp_path
):
    run = open_run(settled / "models" / "ours")
    before = run.predictions()
    place = {"patient": "four", "slide": "b", "x": 97, "y": 1}
    mine = (before[list(place)] == pd.Series(place)).all(axis=1)
    other = 1 - int(before.loc[mine, "label"].iloc[0])
    page = app(**HERE, slide="b", patch="x97_y1", which="all").open("patients").read_as("Ada")
    page.act(verdict="idc" if other else "no_idc")
    made = {}

    def caught(_label, make, *, name, **_):
        made[name] = make

    there = app(**HERE)
    monkeypatch.setattr(export, "button", caught)
    there.open("labels")
    file = tmp_path / "corrected.csv"
    file.write_text(made["corrected"]())
    assert list(pd.read_csv(file).columns[:5]) == ["patient", "slide", "x", "y", "label"]
    labels, changed = relabelled(before, read_labels(file))
    assert changed == 1
    assert (labels != before["label"]).to_numpy().tolist() == mine.tolist()
