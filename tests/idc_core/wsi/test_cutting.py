"""Patches are what was drawn where they lie."""

import numpy as np
import pytest

from idc_core.wsi.cutting import cut
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from tests.slides import draw, shades


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
