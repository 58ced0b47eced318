"""Where the slides of a store lie, and how its patches lie on them."""

import json
from dataclasses import replace

import pytest

from idc_core.data import originals
from idc_core.data.originals import original, picture
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import read_manifest
from tests.cut_world import COLUMNS, ROWS, cut_store, draw_slides

SIDE = 64


def cut_slides(store):
    return slide_frames(store, read_manifest(store).raster)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("originals")
    cut_store(root, draw_slides(root, SIDE, count=3), SIDE, "jpeg")
    return root


@pytest.fixture
def store(root):
    return root / "data" / "cut_jpeg"


def test_a_store_knows_its_slides_by_name_with_the_grid_on_them(store):
    found = cut_slides(store)
    assert list(found) == ["S0", "S1", "S2"]
    one = found["S1"]
    assert (one.number, one.file) == (1, "S1.tif")
    assert one.frame.size == (COLUMNS * SIDE + SIDE * 7 // 8, ROWS * SIDE)
    assert (one.scale, one.um_per_px) == (1.0, 0.5)


def test_a_store_that_was_not_cut_has_none(world):
    assert cut_slides(world / "data" / "tiny") == {}


def test_the_file_is_found_where_it_was_cut_from(store, root):
    assert original(store, cut_slides(store)["S2"]) == root / "slides" / "S2.tif"


def test_no_path_of_this_machine_is_in_the_store(store, root):
    for file in store.rglob("*"):
        if file.is_file():
            assert str(root).encode() not in file.read_bytes(), file


def test_a_slide_that_was_moved_is_found_where_it_is_said_to_lie(
    store, root, tmp_path, monkeypatch
):
    one = cut_slides(store)["S0"]
    deep = tmp_path / "archive" / "2026"
    deep.mkdir(parents=True)
    (root / "slides" / "S0.tif").rename(deep / "S0.tif")
    try:
        with pytest.raises(Refusal, match=r"S0\.tif is not where it was cut from.*IDC_SLIDES"):
            original(store, one)
        monkeypatch.setenv("IDC_SLIDES", f"/nowhere:{tmp_path}")
        assert original(store, one) == deep / "S0.tif"
        (deep / "S0.tif").rename(tmp_path / "S0.tif")
        assert original(store, one) == tmp_path / "S0.tif"
    finally:
        (tmp_path / "S0.tif").rename(root / "slides" / "S0.tif")


def test_a_damaged_note_of_the_folders_is_as_none(store, root):
    file = root / "data" / originals.FOLDERS
    before = file.read_text()
    try:
        for content in ("{", "[]", json.dumps({"mark": 3})):
            file.write_text(content)
            with pytest.raises(Refusal, match="is not where it was cut from"):
                original(store, cut_slides(store)["S0"])
    finally:
        file.write_text(before)


def test_a_name_never_leads_out_of_the_folder(store, root):
    one = cut_slides(store)["S0"]
    for name in ("../classes.csv", "/etc/passwd", "..", ""):
        with pytest.raises(Refusal, match="is not where it was cut from"):
            original(store, replace(one, file=name))


def test_a_picture_of_the_whole_slide_is_kept(store):
    slides = cut_slides(store)
    for slide in slides.values():
        file = picture(store, slide)
        assert file == store / "slides" / f"{slide.number}.jpg"
        assert file.read_bytes().startswith(b"\xff\xd8")
    assert picture(store, replace(slides["S0"], number=77)) is None
