"""A slide as tiles and parts: which pixels each shows."""

import cv2
import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiles import TILE_PX, Region, as_jpeg, deepest, region, region_of
from tests.slides import draw, shades

SIZE = 700, 300
"""Seven by three squares of 100."""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = draw(tmp_path_factory.mktemp("tiles") / "a.tif", shades(7, 3, 100), levels=1)
    with open_image(path) as opened:
        yield opened


def shade(column, row):
    return [200 - (7 * row + column), 90 + 7 * row + column, 160]


def test_the_deepest_level_is_the_slide_and_level_0_one_pixel(image):
    assert image.size == SIZE
    assert deepest(SIZE) == 10
    assert region_of(SIZE, 0, 0, 0) == Region(0, 0, 1024, 1024, 1, 1)
    assert region_of(SIZE, 10, 0, 0) == Region(0, 0, 256, 256, 256, 256)


def test_tiles_cover_the_slide_once_and_end_with_it():
    covered = np.zeros(SIZE[::-1], int)
    for row in range(2):
        for column in range(3):
            part = region_of(SIZE, 10, column, row)
            left, top = int(part.left), int(part.top)
            covered[top : top + int(part.high), left : left + int(part.wide)] += 1
    assert (covered == 1).all()
    last = region_of(SIZE, 10, 2, 1)
    assert last == Region(512, 256, 188, 44, 188, 44)


@pytest.mark.parametrize(
    ("level", "column", "row"), [(-1, 0, 0), (11, 0, 0), (10, 3, 0), (10, 0, 2), (10, -1, 0)]
)
def test_a_tile_that_is_none_of_the_slides_is_refused(level, column, row):
    with pytest.raises(Refusal, match=r"700 × 300 pixels: it has none in level"):
        region_of(SIZE, level, column, row)


def test_a_tile_shows_the_pixels_of_its_place(image):
    found = region(image, region_of(SIZE, 10, 1, 0))
    assert found.shape == (TILE_PX, TILE_PX, 3)
    assert found[0, 0].tolist() == shade(2, 0)
    assert found[99, 43].tolist() == shade(2, 0)
    assert found[100, 44].tolist() == shade(3, 1)


def test_a_coarser_tile_shows_more_of_it(image):
    found = region(image, region_of(SIZE, 9, 0, 0))
    assert found.shape == (150, TILE_PX, 3)
    assert found[25, 25].tolist() == shade(0, 0)
    assert found[125, 225].tolist() == shade(4, 2)


def test_a_part_beyond_the_corner_is_white_there_and_right_within(image):
    found = region(image, Region(-100, -50, 300, 200, 150, 100))
    assert (found[:25] == 255).all()
    assert (found[:, :50] == 255).all()
    assert found[26, 51].tolist() == shade(0, 0)
    assert found[80, 110].tolist() == shade(1, 1)


def test_a_part_beyond_the_end_is_white_there(image):
    found = region(image, Region(650, 250, 100, 100, 100, 100))
    assert found[10, 10].tolist() == shade(6, 2)
    assert (found[50:] == 255).all()
    assert (found[:, 50:] == 255).all()


def test_a_tile_is_a_jpeg_of_the_same_colours():
    pixels = np.full((20, 30, 3), (200, 90, 160), np.uint8)
    seen = cv2.cvtColor(cv2.imdecode(np.frombuffer(as_jpeg(pixels), np.uint8), 1), 4)
    assert np.abs(seen.astype(int) - pixels).max() <= 3
