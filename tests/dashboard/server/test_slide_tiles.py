"""Tiles over the wire: what comes, what a browser may keep, and what nobody gets."""

import shutil
from functools import partial

import cv2
import numpy as np
import pytest
from starlette.applications import Starlette

from dashboard.server.slide_tiles import SlideTiles
from dashboard.state.slide_address import address_of, field_of
from idc_core.wsi.fields import SHOWN_PX
from idc_core.wsi.part_pool import PartPool
from tests.asking import get
from tests.cut_world import cut_store, draw_slides

SIDE = 64


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiles")
    cut_store(root, draw_slides(root, SIDE, count=3), SIDE, "jpeg")
    return root


@pytest.fixture
def asked(root, settle):
    settle(root)
    pool = PartPool(processes=1)
    tiles = SlideTiles(pool)
    yield partial(get, Starlette(routes=tiles.routes()))
    pool.close()


def tile(number=1, level=9, column=0, row=0, store="cut_jpeg"):
    return f"{address_of(store, number)}/{level}/{column}_{row}.jpg"


def test_a_tile_comes_as_jpeg_with_a_mark_and_may_be_kept_by_its_reader_alone(asked):
    answer = asked(tile())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    seen = cv2.imdecode(np.frombuffer(answer.content, np.uint8), 1)
    assert seen.shape == (192, 256, 3)


def test_who_has_a_tile_gets_no_second_one_and_another_tile_has_another_mark(asked):
    mark = asked(tile()).headers["etag"]
    again = asked(tile(), headers={"if-none-match": mark})
    assert (again.status_code, again.content) == (304, b"")
    assert asked(tile(column=1)).headers["etag"] != mark
    assert asked(tile(column=1), headers={"if-none-match": mark}).status_code == 200


def test_a_field_has_its_patch_in_the_middle_and_says_by_its_outline_how_large_it_is(asked):
    answer = asked(field_of("cut_jpeg", 1, (SIDE + 1, SIDE + 1), 100))
    assert answer.status_code == 200
    seen = cv2.imdecode(np.frombuffer(answer.content, np.uint8), 0)
    assert seen.shape == (SHOWN_PX, SHOWN_PX)
    # 100 µm are 600 pixels, a patch of 64 px of 0.5 µm has 192 of them: from 204 to 395
    dark = np.flatnonzero(seen[300] < 60)
    assert dark.min() == pytest.approx(204, abs=3)
    assert dark.max() == pytest.approx(395, abs=3)
    again = asked(
        field_of("cut_jpeg", 1, (SIDE + 1, SIDE + 1), 100),
        headers={"if-none-match": answer.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (field_of("cut_jpeg", 1, (1, 1), 300), "a field of 100, 200, 500, 1000, 2000 µm: 300 came"),
        (field_of("cut_jpeg", 1, (99_999, 1), 500), "x99999 y1 is outside"),
        (field_of("other", 1, (1, 1), 500), "there is none of this name"),
        (field_of("cut_jpeg", 7, (1, 1), 500), "it has none with the number 7"),
        (tile(number=3), "it has none with the number 3"),
        (tile(store="other"), "there is none of this name"),
        (tile(store=".."), "there is none of this name"),
        (tile(store="../data/cut_jpeg"), "Not Found"),
        (tile(level=10), "it has none in level 10"),
        (tile(column=9), "it has none in level 9, column 9, row 0"),
    ],
)
def test_what_is_not_there_gets_a_sentence(asked, address, said):
    answer = asked(address)
    assert answer.status_code == 404
    assert said in answer.text


def test_a_slide_that_vanishes_gets_a_sentence_and_comes_back(asked, root):
    file = root / "slides" / "S2.tif"
    assert asked(tile(number=2)).status_code == 200
    file.rename(root / "away.tif")
    try:
        answer = asked(tile(number=2))
        assert answer.status_code == 404
        assert "S2.tif is not where it was cut from" in answer.text
    finally:
        (root / "away.tif").rename(file)
    assert asked(tile(number=2)).status_code == 200


def test_a_damaged_slide_gets_the_same_sentence_twice_and_others_go_on(asked, root):
    file = root / "slides" / "S0.tif"
    kept = root / "kept.tif"
    shutil.copy2(file, kept)
    file.write_bytes(file.read_bytes()[:2000])
    try:
        first, second = asked(tile(number=0)), asked(tile(number=0))
        assert first.status_code == second.status_code == 404
        assert first.text == second.text
        assert first.text.startswith("expected ")
        assert asked(tile(number=1)).status_code == 200
    finally:
        shutil.move(kept, file)
    assert asked(tile(number=0)).status_code == 200
