"""Stores that were cut, joined: each patch still lies on its slide, each slide is still found."""

import numpy as np
import pytest

from idc_core.data.joining.join import join
from idc_core.data.originals import original, picture
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.data.stores.store import open_store
from idc_core.evaluate.seal_check import store_of
from idc_core.evaluate.slices.cut_store import of_cut
from tests.cut_world import cut_store, draw_slides

SIDE = 80


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """Two cuttings: `one/data/cut_jpeg` of S0, S1, and `two/data/other` of another S0."""
    root = tmp_path_factory.mktemp("joined-slides")
    first = cut_store(root / "one", draw_slides(root / "one", SIDE, count=2), SIDE, "jpeg")
    second = cut_store(root / "two", draw_slides(root / "two", SIDE, count=1), SIDE, "jpeg")
    other = second.path.rename(second.path.with_name("other"))
    return join([first.path, other], root / "all" / "both", same_name="apart")


def test_compressed_patches_are_read_and_checked_where_they_lie(joined):
    parts = {
        name: open_store(joined.path.parents[1] / at / "data" / name)
        for name, at in (("cut_jpeg", "one"), ("other", "two"))
    }
    for name, part in parts.items():
        rows = np.flatnonzero(joined.index["source"] == name)
        np.testing.assert_array_equal(joined.patches[rows], part.patches[:])
    assert len(joined.index) == sum(len(part.index) for part in parts.values())
    assert store_of(joined) == []


def test_slides_keep_their_frame_picture_and_file_under_their_new_names(joined):
    root, cuts = joined.path.parents[1], slide_frames(joined.path, joined.raster)
    assert list(cuts) == ["cut_jpeg-S0", "S1", "other-S0"]
    assert set(joined.index["slide"]) == set(cuts)
    assert [original(joined.path, each) for each in cuts.values()] == [
        root / "one" / "slides" / "S0.tif",
        root / "one" / "slides" / "S1.tif",
        root / "two" / "slides" / "S0.tif",
    ]
    kept = picture(joined.path, cuts["other-S0"])
    assert kept is not None
    own = root / "two" / "data" / "other" / "slides" / "0.jpg"
    assert kept.read_bytes() == own.read_bytes()


def test_no_path_of_a_slide_is_in_the_store(joined):
    root = str(joined.path.parents[1] / "one" / "slides").encode()
    for file in joined.path.rglob("*"):
        assert not file.is_file() or root not in file.read_bytes(), file


def test_what_was_measured_at_cutting_is_still_known(joined):
    names = [each.name for each in of_cut(joined.index, joined)]
    assert names[:3] == ["tissue", "ink", "sharpness"]
