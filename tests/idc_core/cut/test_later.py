"""Where outlines that come later lie on a slide: as its own file says, or what the store keeps."""

import pytest

from idc_core.cut import later
from idc_core.data.stores.slide_frames import slide_frames
from tests.cut_world import cut_store, draw_slides
from tests.slides import draw, tissue

SIDE = 64


@pytest.fixture
def store(tmp_path):
    return cut_store(tmp_path, draw_slides(tmp_path, SIDE, 3), SIDE, "jpeg")


def test_the_slides_own_file_says_more_than_the_store_keeps(store):
    cut = slide_frames(store.path, store.raster)["S0"]
    assert cut.frame.level_sizes == ()
    found = later._frame(store, cut)
    assert found.size == cut.frame.size
    assert found.level_sizes == (found.size,)


def test_a_file_that_is_gone_or_another_slide_says_nothing(store, tmp_path):
    cut = slide_frames(store.path, store.raster)["S0"]
    file = tmp_path / "slides" / "S0.tif"
    file.unlink()
    assert later._frame(store, cut) == cut.frame
    draw(file, tissue(2 * SIDE), levels=1)
    assert later._frame(store, cut) == cut.frame
