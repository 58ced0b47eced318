"""A slide scored live has the scores that its patches have in the store cut from it, and so have
the patches in files: the network is shown the losses that it learnt from."""

import shutil

import cv2
import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import open_store
from idc_core.evaluate.seal_check import store_of
from idc_core.records.raster import Raster
from idc_core.score.predict import predict_sources
from idc_core.score.scoring import Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.wsi.reading import open_image
from tests.cut_world import COLUMNS, ROWS, UM, cut_store, draw_slides, trained_on

SIDE = 96


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("cut")


@pytest.fixture(scope="module")
def slides(root):
    return draw_slides(root, SIDE)


@pytest.fixture(scope="module")
def store(root, slides):
    return cut_store(root, slides, SIDE, "jpeg")


@pytest.fixture(scope="module")
def run(root, store):
    return trained_on(store, root / "models" / "ours")


@pytest.fixture(scope="module")
def scorer(run):
    return Scorer(run.path / "model.onnx")


def live(slides, scorer, codec):
    with open_image(slides / "S1.tif") as image:
        return score_image(image, scorer, target_um=UM, codec=codec)


def beside(store, scorer, found):
    """Scores of the slide's squares in the store, and live."""
    rows = store.index.assign(kept=scorer.score(store.patches)).query("slide == 'S1'")
    both = rows.merge(found.rows, on=["x", "y"], how="inner", validate="one_to_one")
    assert len(both) == len(rows) == len(found.rows) == (COLUMNS + 1) * ROWS
    return both


def test_the_run_says_what_its_patches_went_through(run, store):
    assert run.info.raster == store.raster
    assert store.raster == Raster(
        patch_px=SIDE,
        um_per_px=UM,
        um_from="given",
        positive="tumour",
        negative="stroma",
        codec="jpeg",
    )


def test_a_slide_scored_live_has_the_scores_of_the_store(slides, store, run, scorer):
    found = live(slides, scorer, run.info.raster.codec)
    assert found.patches.shape[1:] == (SIDE, SIDE, 3)
    both = beside(store, scorer, found)
    np.testing.assert_allclose(both["score"], both["kept"], rtol=0, atol=1e-6)
    # The run's own scores are those of TensorFlow: as far off as the exported network is.
    own = run.predictions().astype({"patient": str}).query("patient == 'S1'")
    if len(own):
        named = own[["x", "y", "score"]].rename(columns={"score": "own"})
        of_run = both.merge(named, on=["x", "y"])
        np.testing.assert_allclose(of_run["score"], of_run["own"], rtol=0, atol=1e-5)


def test_without_what_the_patches_went_through_the_scores_are_others(slides, store, scorer):
    both = beside(store, scorer, live(slides, scorer, None))
    assert (both["score"] - both["kept"]).abs().max() > 1e-5


def test_patches_that_are_kept_lossless_have_the_scores_of_the_slide(root, slides, scorer):
    store = cut_store(root, slides, SIDE, "png")
    assert store.raster.codec == "png"
    both = beside(store, scorer, live(slides, scorer, "png"))
    np.testing.assert_allclose(both["score"], both["kept"], rtol=0, atol=1e-6)


def test_patches_in_files_have_the_scores_of_the_store(root, slides, store, run, scorer, tmp_path):
    found = live(slides, scorer, None)
    sizes = store.index.query("slide == 'S1'").set_index(["x", "y"])[["width", "height"]]
    assert sizes["width"].min() == SIDE * 7 // 8
    for patch, (x, y) in zip(found.patches, found.rows[["x", "y"]].to_numpy(), strict=True):
        wide, high = sizes.loc[(x, y)]
        cv2.imwrite(str(tmp_path / f"{x}_{y}.png"), patch[:high, :wide, ::-1])
    scored = predict_sources([tmp_path], scorer, 0.5, codec=run.info.raster.codec).table
    named = [f"{x}_{y}.png" for x, y in store.index[["x", "y"]].to_numpy()]
    kept = pd.DataFrame({"file": named, "kept": scorer.score(store.patches)})
    both = scored.merge(kept[(store.index["slide"] == "S1").to_numpy()], on="file")
    assert len(both) == len(found.rows)
    np.testing.assert_allclose(both["score"], both["kept"], rtol=0, atol=1e-6)
    bare = predict_sources([tmp_path], scorer, 0.5).table
    assert (bare["score"] - scored["score"]).abs().max() > 1e-5


def test_the_seal_of_a_compressed_store_is_that_of_its_bytes(store, tmp_path):
    assert store_of(store) == []
    own = open_store(shutil.copytree(store.path, tmp_path / store.name))
    content = bytearray(own.pixel_file.read_bytes())
    content[len(content) // 2] ^= 1
    own.pixel_file.write_bytes(content)
    (said,) = store_of(own)
    assert said == f"1 patch of the store has other pixels than {store.name}'s index says."
