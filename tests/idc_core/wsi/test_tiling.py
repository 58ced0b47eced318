"""The grid covers the image at the µm that are asked for, and nothing is made up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.io.refusal import Refusal
from idc_core.wsi import reading
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from tests.slides import draw, shades


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    """7 × 5 squares of 200 pixels at 1 µm: patches of 50 pixels at 4 µm."""
    return draw(tmp_path_factory.mktemp("slide") / "drawn.tif", shades(7, 5, 200))


@settings(max_examples=60)
@given(st.integers(60, 4000), st.integers(60, 4000), st.floats(0.1, 4.0), st.floats(1.0, 8.0))
def test_the_grid_covers_the_image_and_no_square_lies_outside(wide, high, own, target):
    class Blank:
        size, um_per_px, path = (wide, high), own, reading.Path("a")

        def read(self, left, top, side, out):
            return np.full((out[1], out[0], 3), 255, np.uint8)

    if own > target * 1.05:
        with pytest.raises(Refusal, match="cannot be made up"):
            plan(Blank(), target, 50)
        return
    laid = plan(Blank(), target, 50)
    for count, length in ((laid.columns, wide), (laid.rows, high)):
        assert (count - 1) * laid.side < length
        assert count * laid.side >= length - 0.021 * laid.side
    assert not laid.kept.any()


def test_what_the_file_does_not_say_has_to_be_said(slide):
    with open_image(slide) as image:
        assert image.um_per_px is None
        with pytest.raises(Refusal, match="how many µm"):
            plan(image, 4.0, 50)


def test_nobody_makes_up_detail_that_is_not_in_the_file(slide):
    with open_image(slide, 8.0) as image, pytest.raises(Refusal, match="cannot be made up"):
        plan(image, 4.0, 50)


def test_micrometres_that_are_the_files_own_are_native_however_they_are_rounded(slide):
    own = 0.1 * 3
    with open_image(slide, own) as image:
        assert image.um_per_px != 0.3
        assert plan(image, 0.3, 200).side == 200.0
        assert plan(image, 0.6, 100).side == 200.0


def test_more_squares_than_may_be_are_refused_and_the_caller_may_say_how_many(slide):
    with open_image(slide, 1.0) as image:
        with pytest.raises(Refusal, match=r"at most 34 patches: .* would give 35"):
            plan(image, 4.0, 50, most=34)
        assert plan(image, 4.0, 50, most=35).kept.sum() == 35


def test_at_its_own_resolution_not_one_pixel_is_left_out(tmp_path):
    path = draw(tmp_path / "a.tif", shades(3, 1, 100)[:, :201])
    with open_image(path, 0.5) as image:
        assert plan(image, 0.5, 100).columns == 3
    with open_image(path, 0.4995) as image:
        assert plan(image, 0.5, 100).columns == 2
