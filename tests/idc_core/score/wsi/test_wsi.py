"""A synthetic slide gives exactly the patches that were drawn, whatever its levels; broken ones
give sentences."""

import threading
import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Scorer
from idc_core.score.wsi import reading
from idc_core.score.wsi.reading import open_image
from idc_core.score.wsi.scoring import Cancelled, score_image
from idc_core.score.wsi.tiling import blocks, is_tissue, plan

SCORER = Scorer(REPOSITORY / "models" / "demo" / "model.onnx")


@pytest.fixture(scope="module")
def slide(draw, shades, tmp_path_factory):
    """7 × 5 squares of 200 pixels at 1 µm: patches of 50 pixels at 4 µm."""
    return draw(tmp_path_factory.mktemp("slide") / "drawn.tif", shades(7, 5, 200))


def test_every_patch_has_the_colour_that_was_drawn_there(slide, shades):
    with open_image(slide, 1.0) as image:
        laid = plan(image, 4.0)
        assert (laid.columns, laid.rows, laid.side) == (7, 5, 200)
        assert laid.kept.all()
        small = shades(7, 5, 1)
        seen = set()
        for patches, places in blocks(image, laid, most=3):
            for patch, (column, row) in zip(patches, places, strict=True):
                assert np.abs(patch.astype(int) - small[row, column]).max() <= 1
                seen.add((int(column), int(row)))
    assert len(seen) == 35


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_the_levels_of_the_file_make_no_difference(draw, tmp_path, levels):
    rng = np.random.default_rng(0)
    smooth = cv2.resize(rng.integers(60, 200, (12, 12, 3)).astype(np.uint8), (800, 800))
    smooth[..., 1] //= 2
    path = draw(tmp_path / "a.tif", smooth, levels=levels)
    with open_image(path, 0.5) as image:
        found = image.read(0, 0, (800, 800), (100, 100))
    expected = cv2.resize(smooth, (100, 100), interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - expected).mean() < 3


def test_places_are_written_as_in_the_idc_data(slide):
    with open_image(slide, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert found.rows["x"].tolist()[:8] == [1, 51, 101, 151, 201, 251, 301, 1]
    assert found.rows["y"].tolist()[:8] == [1] * 7 + [51]
    assert np.array_equal(found.rows["score"].to_numpy(), SCORER.score(found.patches))


def test_an_edge_square_is_padded_with_white(draw, shades, tmp_path):
    path = draw(tmp_path / "a.tif", shades(2, 2, 200)[:320, :320])
    with open_image(path, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert len(found.rows) == 4
    last = found.patches[-1]
    assert (last[:30, :30] < 250).any(axis=2).all()
    assert (last[30:] == 255).all()
    assert (last[:, 30:] == 255).all()


@settings(max_examples=60)
@given(st.integers(60, 4000), st.integers(60, 4000), st.floats(0.1, 4.0), st.floats(1.0, 8.0))
def test_the_grid_covers_the_image_and_no_square_lies_outside(wide, high, own, target):
    class Blank:
        size, um_per_px, path = (wide, high), own, reading.Path("a")

        def read(self, left, top, side, out):
            return np.full((out[1], out[0], 3), 255, np.uint8)

    if own > target * 1.05:
        with pytest.raises(Refusal, match="cannot be made up"):
            plan(Blank(), target)
        return
    laid = plan(Blank(), target)
    for count, length in ((laid.columns, wide), (laid.rows, high)):
        assert (count - 1) * laid.side < length
        assert count * laid.side >= length - 0.021 * laid.side
    assert not laid.kept.any()


def test_a_part_that_is_too_large_is_put_together_from_halves(slide, monkeypatch):
    with open_image(slide, 1.0) as image:
        whole = image.read(0, 0, (1400, 1000), (350, 250))
        monkeypatch.setattr(reading, "MOST_READ_PX", 5_000)
        parts = image.read(0, 0, (1400, 1000), (350, 250))
    assert parts.shape == whole.shape
    assert np.abs(parts.astype(int) - whole).mean() < 1.5


def test_stained_tissue_is_told_from_glass_ink_and_pen():
    colours = {
        (230, 140, 190): True,
        (120, 70, 150): True,
        (245, 225, 238): True,
        (250, 250, 250): False,
        (225, 226, 224): False,
        (20, 20, 22): False,
        (60, 160, 70): False,
    }
    for colour, tissue in colours.items():
        found = is_tissue(np.full((10, 10, 3), colour, np.uint8))
        assert found.all() == tissue
        assert found.any() == tissue


def test_squares_without_tissue_are_not_scored(draw, shades, tmp_path):
    pixels = shades(4, 3, 200)
    pixels[:, 400:] = 248
    path = draw(tmp_path / "half.tif", pixels)
    with open_image(path, 1.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert set(found.rows["x"]) == {1, 51}
    assert len(found.rows) == 6


def test_glass_alone_is_refused(draw, tmp_path):
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
    with open_image(slide, 1.0) as image, pytest.raises(Cancelled):
        score_image(
            image,
            SCORER,
            target_um=1.0,
            progress=lambda *step: told.append(step),
            cancelled=lambda: len(told) > 2,
        )
    assert 2 < len(told) < 8
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before


# µm per pixel


def test_what_the_file_does_not_say_has_to_be_said(slide):
    with open_image(slide) as image:
        assert image.um_per_px is None
        with pytest.raises(Refusal, match="how many µm"):
            plan(image)


def test_a_resolution_of_a_printer_is_not_taken(tmp_path):
    picture = Image.fromarray(np.full((60, 60, 3), 120, np.uint8))
    picture.save(tmp_path / "print.tif", dpi=(300, 300))
    picture.save(tmp_path / "scan.tif", dpi=(25_400, 25_400))
    with open_image(tmp_path / "print.tif") as image:
        assert image.um_per_px is None
    with open_image(tmp_path / "scan.tif") as image:
        assert image.um_per_px == pytest.approx(1.0)
        assert image.note == ""
    with open_image(tmp_path / "scan.tif", 2.0) as image:
        assert image.um_per_px == 2.0
        assert "1 µm per pixel; 2, as given" in image.note


def test_nobody_makes_up_detail_that_is_not_in_the_file(slide):
    with open_image(slide, 8.0) as image, pytest.raises(Refusal, match="cannot be made up"):
        plan(image, 4.0)


@pytest.mark.parametrize("um", [0.0, -1.0, 0.01, 1000.0])
def test_a_resolution_of_no_microscope_is_refused(slide, um):
    with pytest.raises(Refusal, match="µm per pixel"):
        open_image(slide, um)


# what is no slide


def test_a_plain_picture_is_read_like_a_slide(tmp_path, shades):
    Image.fromarray(shades(4, 4, 100)).save(tmp_path / "a.png")
    with open_image(tmp_path / "a.png", 2.0) as image:
        found = score_image(image, SCORER, target_um=4.0)
    assert len(found.rows) == 16
    assert np.abs(found.patches[5, 25, 25].astype(int) - shades(4, 4, 1)[1, 1]).max() <= 1


def test_transparent_pixels_are_glass(tmp_path):
    layer = np.zeros((60, 60, 4), np.uint8)
    Image.fromarray(layer).save(tmp_path / "a.png")
    with open_image(tmp_path / "a.png", 4.0) as image:
        assert (image.read(0, 0, (60, 60), (60, 60)) == 255).all()


def bomb(path, side):
    """A picture of `side` × `side` white pixels in a few kilobytes."""
    Image.new("1", (side, side), 1).save(path)


def test_a_bomb_is_refused_by_its_header(tmp_path):
    bomb(tmp_path / "bomb.png", 12_000)
    assert (tmp_path / "bomb.png").stat().st_size < 100_000
    with pytest.raises(Refusal, match="pixels"):
        open_image(tmp_path / "bomb.png", 1.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"PK\3\4zip",
        b"II*\0" + b"\0" * 40,
        b"version https://git-lfs.github.com/spec/v1\n",
    ],
)
def test_what_is_no_image_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "a.svs").write_bytes(content)
    with pytest.raises(Refusal, match="expected a"):
        open_image(tmp_path / "a.svs", 1.0)


def test_a_picture_just_above_the_limit_is_refused_too(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_PICTURE_PX", 10_000)
    bomb(tmp_path / "large.png", 101)
    with pytest.raises(Refusal, match="tiled TIFF"):
        open_image(tmp_path / "large.png", 1.0)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.svs"):
        with pytest.raises(Refusal, match="no file"):
            open_image(path)


def test_sixteen_bits_are_refused_instead_of_cut_off(tmp_path):
    Image.fromarray(np.full((60, 60), 3000, np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(Refusal, match="8 bits"):
        open_image(tmp_path / "a.png", 1.0)


def test_a_slide_cut_off_in_the_middle_is_refused_where_it_breaks(draw, tmp_path):
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
