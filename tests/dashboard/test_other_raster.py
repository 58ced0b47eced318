"""Every page opens on a run of 96 px patches, and draws its slide on the grid that it has."""

import json
import shutil

import cv2
import numpy as np
import pytest

from dashboard.cache import slides, stores
from dashboard.charts import slide_map
from dashboard.state.queue import queue
from dashboard.views.patients import export_patient
from idc_core.data.stores.codec import through
from idc_core.data.stores.store import open_store
from idc_core.io import record
from idc_core.io.record import replace
from idc_core.jobs import score_slide
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer
from tests.other_raster import COLUMNS, ROWS, trained
from tests.slides import tissue
from tests.worked_off import work_off

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


@pytest.mark.parametrize("step", [2, pytest.param(1, marks=pytest.mark.long)])
def test_every_page_opens(settled, app, in_turns, step):
    """Every second: `test_two_slides.py` opens all of them on patches of this side as well."""
    at = {"run": "ours", "split": "test", "patient": "four", "patch": "x97_y97"}
    failed = {}
    for view in in_turns(0, step):
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
        rows, None, {}, rows.iloc[:0].assign(verdict=""), run.info.raster, 0.5
    )
    ring = json.loads(found)["features"][0]["geometry"]["coordinates"][0]
    assert ring[2] == [SIDE, SIDE]


def test_a_slide_is_scored_at_the_runs_scale_and_side_with_what_its_patches_went_through(
    world, settle, app, tmp_path
):
    own = settle(shutil.copytree(world, tmp_path / "own")) / "models" / "ours"
    info = open_run(own).info
    record.write(own / "run.json", replace(info, raster=replace(info.raster, codec="jpeg")))
    pixels = tissue(3 * SIDE)
    _, content = cv2.imencode(".png", pixels[..., ::-1])
    page = app(run="ours", threshold="0.5").open("score/slide")
    assert page.at.number_input(key="slide_target").value == 0.5
    assert "A patch is 96 pixels, 48 µm" in page.text
    assert "At about 0.5 µm per pixel a nucleus is 16 pixels wide." in page.text
    upload = [("a.png", content.tobytes(), "image/png")]
    page.at.file_uploader(key="slide_upload").set_value(upload).run()
    page.at.number_input(key="slide_um").set_value(0.5).run()
    page.at.button(key="slide_go").click().run()
    work_off()
    page.at.run()
    assert not page.failed
    assert "of 9 squares with tissue predicted tumour" in page.text
    assert "3 × 3 squares of 48 µm" in page.text
    job = queue().get(page.query["job"])
    squares = pixels.reshape(3, SIDE, 3, SIDE, 3).swapaxes(1, 2).reshape(9, SIDE, SIDE, 3)
    shown = through(squares, np.full((9, 2), SIDE), "jpeg")
    expected = Scorer(own / "model.onnx").score(shown)
    np.testing.assert_allclose(score_slide.read(job).rows["score"], expected, rtol=0, atol=1e-6)


def test_what_holds_for_the_public_set_alone_is_not_said_of_other_patches(settled, app):
    overview = app(run="ours", split="test").open("overview")
    assert "Compared with published results" not in overview.text
    assert "About the public data set" not in app(run="ours").open("data").text
    said = app(run="ours", split="test").open("teaching").text
    assert "A patch of 48 µm without its surroundings" in said
