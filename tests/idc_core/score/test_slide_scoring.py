"""A synthetic slide is scored square by square, whatever its levels; what is broken or empty gets a
sentence."""

import threading
import time

import numpy as np
import pytest
from PIL import Image

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.wsi.reading import open_image
from tests.slides import draw, shades

SCORER = Scorer(REPOSITORY / "models" / "demo" / "model.onnx")


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    """7 × 5 squares of 200 pixels at 1 µm: patches of 50 pixels at 4 µm."""
    return draw(tmp_path_factory.mktemp("slide") / "drawn.tif", shades(7, 5, 200))


def test_places_are_written_as_in_the_idc_data(slide):
    with open_image(slide, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert found.rows["x"].tolist()[:8] == [1, 51, 101, 151, 201, 251, 301, 1]
    assert found.rows["y"].tolist()[:8] == [1] * 7 + [51]
    assert np.array_equal(found.rows["score"].to_numpy(), SCORER.score(found.patches))


def test_an_edge_square_is_padded_with_white(tmp_path):
    path = draw(tmp_path / "a.tif", shades(2, 2, 200)[:320, :320])
    with open_image(path, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert len(found.rows) == 4
    last = found.patches[-1]
    assert (last[:30, :30] < 250).any(axis=2).all()
    assert (last[30:] == 255).all()
    assert (last[:, 30:] == 255).all()


def test_squares_without_tissue_are_not_scored(tmp_path):
    pixels = shades(4, 3, 200)
    pixels[:, 400:] = 248
    path = draw(tmp_path / "half.tif", pixels)
    with open_image(path, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert set(found.rows["x"]) == {1, 51}
    assert len(found.rows) == 6


def test_glass_alone_is_refused(tmp_path):
    path = draw(tmp_path / "glass.tif", np.full((400, 400, 3), 250, np.uint8))
    with open_image(path, 1.0) as image, pytest.raises(Refusal, match="stained tissue"):
        score_image(image, SCORER)


def test_the_patches_may_lie_in_a_file(slide, tmp_path):
    with open_image(slide, 1.0) as image:
        found = score_image(image, SCORER, keep_in=tmp_path / "patches.npy")
        again = score_image(image, SCORER)
    assert np.array_equal(np.load(tmp_path / "patches.npy"), again.patches)
    assert np.array_equal(found.patches, again.patches)


def test_scoring_is_given_up_soon_and_leaves_no_reader_behind(slide):
    before = threading.active_count()
    told = []

    def tell(*step):
        told.append(step)
        if len(told) > 2:
            raise KeyboardInterrupt

    with open_image(slide, 1.0) as image, pytest.raises(KeyboardInterrupt):
        score_image(image, SCORER, target_um=1.0, progress=tell)
    assert len(told) == 3
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_a_plain_picture_is_read_like_a_slide(tmp_path):
    Image.fromarray(shades(4, 4, 100)).save(tmp_path / "a.png")
    with open_image(tmp_path / "a.png", 2.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert len(found.rows) == 16
    assert np.abs(found.patches[5, 25, 25].astype(int) - shades(4, 4, 1)[1, 1]).max() <= 1


def test_a_slide_cut_off_in_the_middle_is_refused_where_it_breaks(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.integers(60, 200, (600, 600, 3)).astype(np.uint8)
    noise[..., 1] //= 2
    whole = draw(tmp_path / "whole.tif", noise, levels=1).read_bytes()
    for share in (0.2, 0.5, 0.9):
        (tmp_path / "cut.tif").write_bytes(whole[: int(len(whole) * share)])
        with (
            pytest.raises(Refusal, match=r"cut\.tif"),
            open_image(tmp_path / "cut.tif", 1.0) as image,
        ):
            score_image(image, SCORER)


@pytest.mark.parametrize("name", ["broken.svs", "unopenable.tiff", "unreadable.svs"])
def test_real_broken_slides_give_a_sentence(real_root, name):
    path = real_root / "odd" / "slides" / name
    with pytest.raises(Refusal, match=name), open_image(path, 0.5) as image:
        score_image(image, SCORER)


def test_a_real_slide_says_its_resolution_and_is_scored(real_root):
    with open_image(real_root / "slides" / "cmu_small_region.svs") as image:
        assert image.um_per_px == pytest.approx(0.499)
        found = score_image(image, SCORER, target_um=4.0)
    assert (found.plan.columns, found.plan.rows) == (6, 8)
    assert 10 < len(found.rows) < 48
