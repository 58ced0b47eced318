"""A store scored by another run's network, and slides that nobody drew on."""

import numpy as np
import pytest

from idc_core.annotations.classes import ClassMap
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.stores.store import open_store
from idc_core.io import record
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run
from idc_core.score.score_store import refuse_other_patches, score_store
from idc_core.score.scoring import Scorer
from tests.cut_world import COLUMNS, ROWS, cut_store, draw_slides, trained_on

SIDE = 64
EACH = (COLUMNS + 1) * ROWS


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("scored")
    store = cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg")
    trained_on(store, root / "models" / "ours")
    for file in (root / "slides").glob("*.geojson"):
        file.unlink()
    return root


@pytest.fixture(scope="module")
def parent(root):
    return open_run(root / "models" / "ours")


@pytest.fixture(scope="module")
def unlabelled(root, parent):
    """The same slides without their outlines."""
    raster = record.replace(parent.info.raster, codec=None)
    settings = Settings(raster, 0.5, ClassMap(()), unlabelled=True)
    parts, refused = cut_all(
        jobs(root / "slides", None), settings, root / ".un", workers=1, tell=lambda *_: None
    )
    assert refused == []
    place = root / "data" / "unlabelled"
    return put_together(parts, refused, settings, place, root / "slides", None)


def test_slides_without_outlines_give_every_square_without_a_label_all_in_test(unlabelled):
    index = unlabelled.index
    assert len(index) == 5 * EACH
    assert set(index["label"]) == {-1}
    assert set(index["split"]) == {"test"}
    assert unlabelled.manifest.split.kind == "all test"
    assert unlabelled.whole_patients == {"S0", "S1", "S2", "S3", "S4"}
    assert not list((unlabelled.path / "slides").glob("*.json"))
    assert len(list((unlabelled.path / "slides").glob("*.jpg"))) == 5


def test_the_squares_are_those_that_would_be_cut_with_outlines(root, unlabelled):
    labelled = open_store(root / "data" / "cut_jpeg").index
    place = ["patient", "slide", "x", "y", "digest"]
    both = labelled[place].merge(unlabelled.index[place])
    assert len(both) == len(labelled) == len(unlabelled.index)


def test_a_scored_store_has_the_networks_scores_and_no_figure(parent, unlabelled, root):
    run = score_store(parent, unlabelled, "looked", root / "models")
    rows = run.predictions()
    again = Scorer(parent.path / "model.onnx").score(unlabelled.patches)
    assert np.array_equal(rows["score"], again)
    assert list(rows.columns[:4]) == ["patient", "slide", "x", "y"]
    assert not run.has_labels
    assert run.info.scored_by == "ours"
    assert run.info.fingerprint == unlabelled.fingerprint
    assert not (run.path / "report.json").exists()
    assert (run.path / "operating_points.jsonl").is_file()


def test_outlines_that_come_later_make_the_same_scores_judgeable(parent, root):
    run = score_store(parent, open_store(root / "data" / "cut_jpeg"), "judged", root / "models")
    assert run.has_labels
    assert (run.path / "report.json").is_file()
    key = ["patient", "slide", "x", "y", "score"]
    looked = open_run(root / "models" / "looked").predictions()[key]
    assert len(looked.merge(run.predictions()[key])) == len(looked)


def test_patches_of_another_size_scale_or_treatment_are_refused(parent, unlabelled):
    theirs = parent.info.raster
    for change, said in (
        ({"patch_px": 96, "stride_px": 96}, r"pixels a side 64: unlabelled has 96"),
        ({"um_per_px": 0.25}, r"µm per pixel 0\.5: unlabelled has 0\.25"),
        ({"codec": "jpeg"}, r"treatment none: unlabelled has jpeg"),
    ):
        other = type(unlabelled)(
            unlabelled.path,
            unlabelled.index,
            record.replace(unlabelled.manifest, raster=record.replace(theirs, **change)),
        )
        with pytest.raises(Refusal, match=said):
            refuse_other_patches(parent, other)
    refuse_other_patches(parent, unlabelled)


def test_a_name_that_is_taken_and_a_store_of_both_kinds_are_refused(parent, unlabelled, root):
    with pytest.raises(Refusal, match="ours"):
        score_store(parent, unlabelled, "ours", root / "models")
    mixed = type(unlabelled)(
        unlabelled.path,
        unlabelled.index.assign(label=np.arange(len(unlabelled.index)) % 2 - 1),
        unlabelled.manifest,
    )
    with pytest.raises(Refusal, match="for all patches of unlabelled or for none"):
        score_store(parent, mixed, "mixed", root / "models")
    assert not (root / "models" / "mixed").exists()
