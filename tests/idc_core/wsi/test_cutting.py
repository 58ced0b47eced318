"""Patches are what was drawn where they lie: to the byte at the slide's own resolution, else the
mean of areas of the next finer level."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from idc_core.io.refusal import Refusal
from idc_core.wsi.cutting import MOST_BLOCK_PX, cut
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from tests.slides import draw, shades, tissue


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    """7 × 5 squares of 200 pixels at 1 µm: patches of 50 pixels at 4 µm."""
    return draw(tmp_path_factory.mktemp("slide") / "drawn.tif", shades(7, 5, 200))


def test_every_patch_has_the_colour_that_was_drawn_there(slide):
    with open_image(slide, 1.0) as image:
        laid = plan(image, 4.0, 50)
        assert (laid.columns, laid.rows, laid.side) == (7, 5, 200)
        assert laid.kept.all()
        small = shades(7, 5, 1)
        seen = set()
        for block in cut(image, laid, across=3):
            for patch, (column, row) in zip(block.patches, block.places, strict=True):
                assert np.abs(patch.astype(int) - small[row, column]).max() <= 1
                seen.add((int(column), int(row)))
    assert len(seen) == 35


UM = {"resolution": (20_000, 20_000), "resolutionunit": "CENTIMETER"}
"""0.5 µm per pixel."""


@pytest.mark.parametrize("given", [None, 0.499])
@pytest.mark.parametrize("px", [96, 224])
def test_at_its_own_resolution_pixels_come_out_to_the_byte(tmp_path, given, px):
    pixels = tissue(1_100)[:901, :1_003]
    path = draw(tmp_path / "a.tif", pixels, tile=256, **UM)
    padded = np.full((px * (901 // px + 1), px * (1_003 // px + 1), 3), 255, np.uint8)
    padded[:901, :1_003] = pixels
    with open_image(path, given) as image:
        laid = plan(image, given or 0.5, px)
        assert (laid.columns, laid.rows, laid.side) == (1_003 // px + 1, 901 // px + 1, px)
        seen = 0
        for block in cut(image, laid, np.ones_like(laid.kept), across=3):
            for patch, (column, row), (wide, high) in zip(
                block.patches, block.places, block.true_sizes, strict=True
            ):
                left, top = column * px, row * px
                assert np.array_equal(patch, padded[top : top + px, left : left + px])
                assert (wide, high) == (min(px, 1_003 - left), min(px, 901 - top))
                seen += 1
    assert seen == laid.columns * laid.rows


def test_bands_come_from_the_top_and_their_blocks_from_the_left(slide):
    with open_image(slide, 1.0) as image:
        laid = plan(image, 4.0, 50)
        corners = [tuple(block.places.min(axis=0)) for block in cut(image, laid, across=2)]
    assert corners == [(x, y) for y in (0, 2, 4) for x in (0, 2, 4, 6)]


def test_only_what_is_kept_is_cut_whether_it_is_tissue_or_not(tmp_path):
    pixels = shades(4, 3, 100)
    pixels[:, 200:] = 250
    with open_image(draw(tmp_path / "a.tif", pixels), 1.0) as image:
        laid = plan(image, 2.0, 50)
        assert laid.kept.sum() == 6
        annotated = np.zeros((3, 4), np.bool_)
        annotated[1, 3] = annotated[2, 0] = True
        [block] = cut(image, laid, annotated)
    assert block.places.tolist() == [[3, 1], [0, 2]]
    assert (block.patches[0] == 250).all()


@pytest.mark.parametrize(("um", "level"), [(0.5, 0), (0.9, 0), (1.0, 1), (1.9, 1), (2.5, 2)])
def test_the_next_finer_level_is_read(tmp_path, um, level):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        for at, side in enumerate((800, 400, 200)):
            plain = np.full((side, side, 3), 50, np.uint8)
            plain[..., at] = 200
            how = {"tile": (64, 64), "photometric": "rgb", "subfiletype": min(at, 1)}
            file.write(plain, **how)
    with open_image(path, 0.5) as image:
        laid = plan(image, um, 50)
        first = next(cut(image, laid, np.ones_like(laid.kept)))
    assert first.patches[0, 25, 25].argmax() == level


@pytest.mark.parametrize("times", [2, 3, 5])
def test_what_is_coarser_is_the_mean_of_areas(tmp_path, times):
    pixels = tissue(600)
    path = draw(tmp_path / "a.tif", pixels, levels=1)
    small = cv2.resize(pixels, (600 // times,) * 2, interpolation=cv2.INTER_AREA)
    with open_image(path, 0.5) as image:
        laid = plan(image, 0.5 * times, 20)
        for block in cut(image, laid):
            for patch, (column, row) in zip(block.patches, block.places, strict=True):
                top, left = row * 20, column * 20
                assert np.array_equal(patch, small[top : top + 20, left : left + 20])


def test_a_damaged_square_is_refused(tmp_path):
    path = draw(tmp_path / "bad.tif", tissue(256), levels=2)
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        start = file.pages[0].dataoffsets[5]
    content[start : start + 200] = b"\xff" * 200
    whole = np.ones((4, 4), np.bool_)
    path.write_bytes(content)
    with open_image(path, 0.5) as image:
        laid = plan(image, 0.5, 64)
        with pytest.raises(Refusal, match=r"bad\.tif"):
            list(cut(image, laid, whole))


def test_a_block_is_no_larger_than_memory_allows():
    shapes = []

    class Wide:
        size, um_per_px, path = (100_000, 3_000), 0.5, Path("wide.svs")

        def read(self, left, top, side, out):
            shapes.append(out)
            return np.full((out[1], out[0], 3), 200, np.uint8)

    laid = plan(Wide(), 0.5, 1_024)
    shapes.clear()
    assert len(list(cut(Wide(), laid, np.ones_like(laid.kept)))) == len(shapes) > 50
    assert max(wide * high for wide, high in shapes) <= MOST_BLOCK_PX
