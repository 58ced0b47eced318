"""A slide is put together once a patient."""

import pytest

from dashboard.cache import runs, slides, stores
from tests.cut_world import COLUMNS, ROWS, cut_store, draw_slides

SIDE = 64


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    root = tmp_path_factory.mktemp("cut")
    return cut_store(root, draw_slides(root, SIDE, count=3), SIDE, "jpeg")


def test_a_slide_is_put_together_for_patients_the_store_knows(full_run):
    store = stores.store_of(runs.run("small"))
    slide = slides.slide(store, "10253")
    assert slide.tissue.startswith(b"\xff\xd8")
    assert len(slide.places) == (store.index["patient"] == "10253").sum()
    assert slides.slide(store, "nobody") is None


def test_of_a_cut_store_the_slide_itself_is_shown_and_no_patch_is_read(cut, monkeypatch):
    monkeypatch.setattr(type(cut), "patches", property(lambda store: pytest.fail("it was read")))
    assert slides.slide(cut, "S1", "S1").tissue is None
    whole = slides.whole(cut, "S1")
    assert (whole.side, whole.width, whole.height) == (64.0, 4 * SIDE + 56, ROWS * SIDE)
    assert whole.width == COLUMNS * SIDE + 56
    assert whole.tiles == "/slides/cut_jpeg/1"
    assert whole.why == ""
    assert whole.picture.startswith(b"\xff\xd8")


def test_where_the_file_is_gone_its_picture_is_shown_and_a_sentence_says_why(cut):
    file = cut.path.parent.parent / "slides" / "S2.tif"
    before = slides.whole(cut, "S2").stamp
    file.rename(file.with_name("away"))
    try:
        whole = slides.whole(cut, "S2")
        assert whole.tiles == whole.stamp == ""
        assert "S2.tif is not where it was cut from" in whole.why
        assert whole.picture is not None
    finally:
        file.with_name("away").rename(file)
    assert slides.whole(cut, "S2").stamp == before


def test_a_store_that_was_not_cut_has_no_slide_but_its_patches(full_run):
    store = stores.store_of(runs.run("small"))
    assert slides.whole(store, None) is None
    assert slides.whole(store, "10253") is None
