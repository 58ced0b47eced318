"""What lies around a patch on its slide: the right place, at the right scale, outlined."""

import numpy as np
import pytest

from dashboard.cache.surroundings import SHOWN_PX, has_slide, of_slide
from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiles import Region, region
from tests.cut_world import cut_store, draw_slides

SIDE = 64


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    root = tmp_path_factory.mktemp("cut")
    return cut_store(root, draw_slides(root, SIDE, count=3), SIDE, "jpeg")


def file_of(store, name):
    return store.path.parent.parent / "slides" / f"{name}.tif"


@pytest.mark.parametrize(("um", "pixels"), [(64, 128), (100, 200)])
def test_the_field_is_that_of_the_slide_around_the_middle_of_the_patch(cut, um, pixels):
    place = 1 + 2 * SIDE, 1 + SIDE  # its middle at 160, 96
    found = of_slide(cut, "S1", place, um).astype(int)
    with open_image(file_of(cut, "S1")) as image:
        part = Region(160 - pixels / 2, 96 - pixels / 2, pixels, pixels, SHOWN_PX, SHOWN_PX)
        there = region(image, part).astype(int)
        beside = region(image, part._replace(left=part.left + 8)).astype(int)
    half = round(SHOWN_PX * SIDE / pixels) // 2 - 10
    inside = slice(SHOWN_PX // 2 - half, SHOWN_PX // 2 + half)
    off = np.abs(found - there)[inside, inside].mean()
    assert off < 4
    assert np.abs(found - beside)[inside, inside].mean() > 3 * off


def test_the_patch_is_outlined_where_it_lies(cut):
    found = of_slide(cut, "S1", (1 + 2 * SIDE, 1 + SIDE), 64).astype(int)
    row = found[SHOWN_PX // 2]
    dark = np.flatnonzero((row < 40).all(axis=1))
    edges = SHOWN_PX // 4, 3 * SHOWN_PX // 4  # half of the field, in its middle
    assert np.abs(dark - edges[0]).min() <= 1
    assert np.abs(dark - edges[1]).min() <= 1


def test_a_slide_that_is_gone_or_unknown_gets_a_sentence(cut):
    assert has_slide(cut, "S2")
    assert not has_slide(cut, "S9")
    assert not has_slide(cut, None)
    assert not has_slide(None, "S2")
    with pytest.raises(Refusal, match="none is called S9"):
        of_slide(cut, "S9", (1, 1), 100)
    file = file_of(cut, "S2")
    file.rename(file.with_name("away"))
    try:
        assert not has_slide(cut, "S2")
        with pytest.raises(Refusal, match=r"S2\.tif is not where it was cut from"):
            of_slide(cut, "S2", (1, 1), 100)
    finally:
        file.with_name("away").rename(file)
