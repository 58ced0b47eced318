"""Every page opens on a run of 96 px patches, and draws its slide on the grid that it has."""

import json

import pytest

from dashboard.cache import slides, stores
from dashboard.charts import slide_map
from dashboard.views.patients import export_patient
from idc_core.data.stores.store import open_store
from idc_core.runs.run import open_run
from tests.other_raster import COLUMNS, ROWS, trained

SIDE = 96


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("of_96")
    trained(root, SIDE)
    return root


@pytest.fixture
def settled(world, settle):
    return settle(world)


@pytest.fixture
def run(settled):
    return open_run(settled / "models" / "ours")


def test_every_page_opens(settled, app, views):
    at = {"run": "ours", "split": "test", "patient": "four", "patch": "x97_y97"}
    failed = {}
    for view in views:
        page = app(**at).open(view)
        if page.failed:
            failed[view] = page.text[-300:]
    assert failed == {}


def test_the_slide_is_drawn_on_the_grid_of_the_store(run, settled):
    store = open_store(settled / "data" / "drawn")
    slide = slides.slide(store, "four")
    assert slide.frame == slide_map.Frame(0, 0, COLUMNS, ROWS, SIDE)
    frame, squares = slides.squares(run, "test", "four", slide)
    said = json.loads(squares)
    assert (said["stride"], said["columns"], said["rows"]) == (SIDE, COLUMNS, ROWS)
    assert said["unscored"] == []
    assert frame.square_px == SIDE
    assert stores.whole_patients(run) >= {"four", "five"}


def test_the_panel_shows_the_patch_and_its_neighbours(settled, app):
    page = app(run="ours", split="test", patient="four", patch="x97_y97").open("patients")
    assert not page.failed
    assert "Scores of the 8 neighbours" in page.html
    assert "missed tumour" in page.html
    assert json.loads(page._component("slide_viewer").proto.json)["classes"] == ["stroma", "tumour"]
    assert "at most 96×96 pixels" in str(
        [each.label for each in app(run="ours").open("score").at.get("file_uploader")]
    )


def test_an_exported_square_has_the_size_of_the_patch(run, settled):
    rows = run.predictions()
    rows = rows[rows["patient"] == "four"].assign(outcome="tp")
    found = export_patient.squares(
        rows, None, "four", {}, rows.iloc[:0].assign(verdict=""), run.info.raster
    )
    ring = json.loads(found)["features"][0]["geometry"]["coordinates"][0]
    assert ring[2] == [SIDE, SIDE]
