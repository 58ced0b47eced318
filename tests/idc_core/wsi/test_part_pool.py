"""Parts of slides by other processes: what comes, and what is said where nothing does."""

import sys

import cv2
import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.wsi import part_pool
from idc_core.wsi.part_child import Wanted
from idc_core.wsi.part_pool import PartPool
from idc_core.wsi.tiles import Region
from tests.slides import draw, shades

SIZE = 300, 200
CORNER = Region(0, 0, 100, 100, 100, 100)


@pytest.fixture
def slide(tmp_path):
    return draw(tmp_path / "a.tif", shades(3, 2, 100), levels=1)


@pytest.fixture
def pool():
    made = PartPool(processes=1)
    yield made
    made.close()


def of(file, part=CORNER, size=SIZE):
    return Wanted(str(file), file.stat().st_mtime_ns, *size, part)


def colour(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), 1)[50, 50, ::-1].tolist()


def test_a_part_comes_as_jpeg(pool, slide):
    assert colour(pool.part(of(slide))) == pytest.approx([200, 90, 160], abs=3)
    right = CORNER._replace(left=200.0, top=100.0)
    assert colour(pool.part(of(slide, right))) == pytest.approx([195, 95, 160], abs=3)


def test_the_same_part_is_read_once(pool, slide):
    asked = of(slide)
    found = pool.part(asked)
    slide.unlink()
    assert pool.part(asked) == found


def test_what_is_kept_is_bounded_and_the_oldest_goes(pool, slide, monkeypatch):
    first, second = of(slide), of(slide, CORNER._replace(left=100.0))
    one = len(pool.part(first))
    monkeypatch.setattr(part_pool, "MOST_KEPT", one + 10)
    pool.part(second)
    slide.unlink()
    assert pool.part(second)
    pool.close()  # what was opened is forgotten too
    with pytest.raises(Refusal, match=r"a\.tif is no file"):
        pool.part(first)


def test_another_slide_of_that_name_is_refused_with_both_sizes(pool, slide):
    with pytest.raises(Refusal, match=r"300 × 201 pixels: a\.tif has 300 × 200"):
        pool.part(of(slide, size=(300, 201)))


def test_what_is_no_slide_gets_the_sentence_that_it_gets_everywhere_twice(pool, tmp_path):
    file = tmp_path / "b.svs"
    file.write_bytes(b"no slide at all")
    said = []
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            pool.part(of(file))
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert said[0].startswith("expected a tissue image")


def script(text):
    return (sys.executable, "-c", text)


def test_a_process_that_ends_gets_a_sentence_and_is_replaced(slide, tmp_path):
    ended = tmp_path / "ended"
    dies = (
        "import pathlib, runpy, sys\n"
        f"file = pathlib.Path({str(ended)!r})\n"
        "if not file.exists():\n    file.touch()\n    sys.exit(1)\n"
        "runpy.run_module('idc_core.wsi.part_child', run_name='__main__')"
    )
    pool = PartPool(script(dies), processes=1)
    try:
        with pytest.raises(Refusal, match=r"a\.tif: the process that read it has ended"):
            pool.part(of(slide))
        assert colour(pool.part(of(slide))) == pytest.approx([200, 90, 160], abs=3)
    finally:
        pool.close()


def test_a_part_that_never_comes_gets_a_sentence_and_holds_up_nothing(slide):
    pool = PartPool(script("import time; time.sleep(600)"), processes=1, patience=0.3)
    try:
        for _ in range(2):
            with pytest.raises(Refusal, match=r"a part of a\.tif within 0\.3 s: it did not come"):
                pool.part(of(slide))
    finally:
        pool.close()
