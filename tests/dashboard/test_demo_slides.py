"""The second demo: the shipped run opens on the slides that are drawn here, which are called
synthetic wherever they are seen."""

import shutil

import pytest

from idc_core.data.originals import original
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.demo.slide_store import NAME, ensure_slides
from idc_core.io.paths import REPOSITORY
from idc_core.runs.data import store_of
from idc_core.runs.run import open_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = tmp_path_factory.mktemp("demo_slides")
    shutil.copytree(REPOSITORY / "models" / NAME, made / "models" / NAME)
    ensure_slides(made / "data", None)
    return made


@pytest.fixture
def world(root, settle):
    return settle(root)


def test_the_shipped_run_fits_what_is_drawn(world):
    run = open_run(world / "models" / NAME)
    store = store_of(run)
    assert store is not None
    assert store.path.name == NAME
    for slide in slide_frames(store.path, store.manifest.raster).values():
        assert original(store.path, slide).is_file()


@pytest.mark.parametrize("page", ["overview", "patients", "data"])
def test_pages_say_that_its_tissue_is_synthetic(world, app, page):
    opened = app(run=NAME, split="test", patient="demo-s6").open(page)
    assert not opened.failed
    assert "Synthetic tissue" in opened.html


def test_a_patient_shows_both_slides(world, app):
    opened = app(run=NAME, split="test", patient="demo-s6").open("patients")
    slides = opened.panel("slide_choice")["slides"]
    assert [each["name"] for each in slides] == ["demo-s6a", "demo-s6b"]
