"""The second demo: the shipped run opens on the slides that are drawn here, which are called
synthetic wherever they are seen."""

import shutil

import numpy as np
import pytest

from idc_core.data.originals import original
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.data.stores.store import open_store
from idc_core.demo.slide_plans import SLIDES
from idc_core.demo.slide_store import NAME, ensure_slides
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import record
from idc_core.io.files import write_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.runs import seal
from idc_core.runs.data import store_of
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer

pytestmark = pytest.mark.slow

SHIPPED = REPOSITORY / "models" / NAME
PATIENT = "demo-s6"
"""Of two slides, which take a third of the time of all nine."""


def rows_of_patient(run):
    rows = run.predictions()
    return rows[rows["patient"] == PATIENT].reset_index(drop=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The slides of one patient, and of the shipped run what it says of her."""
    made = tmp_path_factory.mktemp("demo_slides")
    store = ensure_slides(
        made / "data", None, slides=[each for each in SLIDES if each.patient == PATIENT]
    )
    run = open_run(shutil.copytree(SHIPPED, made / "models" / NAME))
    write_parquet(run.path / "predictions.parquet", rows_of_patient(run))
    drawn = record.replace(run.info.data, fingerprint=store.fingerprint)
    record.write(run.path / "run.json", record.replace(run.info, data=drawn))
    write_evaluation(open_run(run.path))
    seal.write(run.path)
    return made


@pytest.fixture
def world(root, settle):
    return settle(root)


def test_the_shipped_runs_scores_are_those_of_what_is_drawn(world):
    """Of one patient; a square drawn otherwise would have another score."""
    store = open_store(world / "data" / NAME)
    shipped = rows_of_patient(open_run(SHIPPED))
    known = ["patient", "slide", "x", "y", "label"]
    assert store.index[known].to_dict("list") == shipped[known].to_dict("list")
    scores = Scorer(SHIPPED / "model.onnx").score(store.patches)
    np.testing.assert_allclose(scores, shipped["score"], atol=1e-4)


def test_the_run_finds_its_store_and_the_slides_that_it_was_cut_from(world):
    assert_found(world)


def assert_found(root):
    run = open_run(root / "models" / NAME)
    store = store_of(run)
    assert store is not None
    assert store.path.name == NAME
    for slide in slide_frames(store.path, store.manifest.raster).values():
        assert original(store.path, slide).is_file()


@pytest.mark.long
def test_the_shipped_run_fits_what_is_drawn(tmp_path, settle):
    shutil.copytree(SHIPPED, tmp_path / "models" / NAME)
    ensure_slides(tmp_path / "data", None)
    assert_found(settle(tmp_path))


@pytest.mark.parametrize("page", ["overview", "patients", "data"])
def test_pages_say_that_its_tissue_is_synthetic(world, app, page):
    opened = app(run=NAME, split="test", patient=PATIENT).open(page)
    assert not opened.failed
    assert "Synthetic tissue" in opened.html


def test_a_patient_shows_both_slides(world, app):
    opened = app(run=NAME, split="test", patient=PATIENT).open("patients")
    slides = opened.panel("slide_choice")["slides"]
    assert [each["name"] for each in slides] == ["demo-s6a", "demo-s6b"]
