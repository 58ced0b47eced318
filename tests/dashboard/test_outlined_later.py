"""Slides that nobody drew on, read by Ada; then outlines come, and every page judges the run."""

import pytest

from dashboard import pages
from idc_core.annotations.classes import ClassMap, read_class_map
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.io import record
from idc_core.runs.data import store_of
from idc_core.runs.run import open_run
from idc_core.score.outlined_later import outlined_later
from idc_core.score.score_store import score_store
from tests.cut_world import cut_store, draw_slides, trained_on
from tests.dashboard.views.patients.test_regions import act, send

SIDE = 64
HERE = {"run": "looked", "split": "test", "threshold": "0.5"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("later")
    ours = trained_on(
        cut_store(root, draw_slides(root, SIDE, 3), SIDE, "jpeg"), root / "models" / "ours"
    )
    raster = record.replace(ours.info.raster, codec=None)
    settings = Settings(raster, 0.5, ClassMap(()), unlabelled=True)
    slides, place = root / "slides", root / "data" / "looked"
    parts, _ = cut_all(jobs(slides, None), settings, root / ".un", workers=1, tell=lambda *_: None)
    score_store(
        ours, put_together(parts, [], settings, place, slides, None), "looked", root / "models"
    )
    return root


def test_a_region_is_drawn_on_a_slide_without_labels_and_its_fields_are_left_out(
    world, settle, app
):
    settle(world)
    page = app(**HERE).open("patients", patient="S0").read_as("Ada")
    before = page.panel("slide_viewer")["strip"]
    assert any(x <= 2 * SIDE for x, _ in before)
    assert send(page, act(page)) == ""
    (found,) = page.panel("slide_viewer")["regions"]["stored"]
    assert found["patches"].startswith("6 patches, ")
    after = page.panel("slide_viewer")["strip"]
    assert after == [[x, y] for x, y in before if x > 2 * SIDE]
    assert not [word for word in ("missed", "found", "alarm") if word in found["patches"]]


def refuses(page):
    return "expected labels to judge" in page.text


def test_outlines_that_come_later_make_the_slides_judgeable_on_every_page(world, settle, app):
    settle(world)
    page = app(**HERE).open("patients", patient="S1").read_as("Ada")
    assert "None has a label" in page.text
    assert page.panel("slide_viewer")["whole"]["over"] is None
    patch = page.panel()["title"].split()[-1]
    page.act(verdict="idc", note="solid nests")
    assert refuses(app(**HERE).open("failures/burden"))

    run = open_run(world / "models" / "looked")
    store = store_of(run)
    rule = Settings(store.raster, 0.5, read_class_map(world / "classes.csv"))
    outlined_later(run, store, world / "slides", rule, exhaustive=False)

    for view in pages.VIEWS:
        page = app(**HERE).open(view.key)
        assert not page.failed, view.key
        assert not refuses(page), view.key
    page = app(**HERE).open("patients", patient="S1", patch=patch, which="all").read_as("Ada")
    x, y = patch[1:].split("_y")
    assert page.panel("slide_viewer")["judged"] == {f"{x},{y}": "+"}
    assert page.panel("slide_viewer")["whole"]["over"] is not None
    assert "solid nests" in page.html
    assert "outlined as tumour" in page.html
    # What is not outlined is unknown, so that a share of the tissue cannot be told.
    assert app(**HERE).open("patients").listed("worklist")["burden"].eq("").all()
    agreement = app(**HERE).open("readers").at.dataframe[0].value.set_index("between")
    label = run_label(world, "S1", int(x), int(y))
    assert agreement.loc["Ada and label", "agree on"] == f"{int(label == 1)} of 1"


def run_label(world, patient, x, y):
    rows = open_run(world / "models" / "looked").predictions()
    own = rows[(rows["patient"] == patient) & (rows["x"] == x) & (rows["y"] == y)]
    return int(own["label"].iloc[0])
