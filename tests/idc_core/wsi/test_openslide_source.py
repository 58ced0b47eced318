"""A damaged slide is refused in the same words however often it is asked, and what is whole of it
is still read."""

import numpy as np
import openslide
import pytest
import tifffile

from idc_core.io.refusal import Refusal
from idc_core.wsi.openslide_source import OpenSlideSource
from idc_core.wsi.reading import open_image
from idc_core.wsi.source import Unreadable
from tests.slides import draw, tissue

PIXELS = tissue(256)


@pytest.fixture
def damaged(tmp_path):
    """16 tiles of 64 pixels, of which the one at (64, 0) is overwritten."""
    path = draw(tmp_path / "damaged.tif", PIXELS, levels=1)
    with tifffile.TiffFile(path) as file:
        start, length = file.pages[0].dataoffsets[1], file.pages[0].databytecounts[1]
    content = bytearray(path.read_bytes())
    content[start : start + length] = b"\xff" * length
    path.write_bytes(content)
    return path


def asked(image, left):
    with pytest.raises(Refusal) as refused:
        image.read(left, 0, (64, 64), (64, 64))
    return str(refused.value)


def test_a_damaged_tile_is_refused_twice_in_the_same_words(damaged):
    with open_image(damaged, 0.5) as image:
        assert isinstance(image._source, OpenSlideSource)
        first = asked(image, 64)
        assert first.startswith("expected a whole slide in damaged.tif: it cannot be read at 64, 0")
        assert asked(image, 64) == first


def test_beside_the_damage_the_slide_is_still_read(damaged):
    with open_image(damaged, 0.5) as image:
        asked(image, 64)
        found = image.read(128, 64, (64, 64), (64, 64))
    assert np.array_equal(found, PIXELS[64:128, 128:192])


def test_openslide_itself_would_fail_for_good(damaged):
    """What the guard is for: a fixed OpenSlide would make it needless."""
    with openslide.OpenSlide(str(damaged)) as slide:
        with pytest.raises(openslide.OpenSlideError):
            slide.read_region((64, 0), 0, (64, 64))
        with pytest.raises(openslide.OpenSlideError):
            slide.get_best_level_for_downsample(1.0)


def test_a_slide_that_went_away_is_refused_too(damaged):
    with open_image(damaged, 0.5) as image:
        asked(image, 64)
        damaged.unlink()
        assert asked(image, 128) == asked(image, 128)


def test_what_it_cannot_open_is_left_to_the_next_reader_without_a_folder_in_the_reason(tmp_path):
    (tmp_path / "a.svs").write_bytes(b"hello")
    with pytest.raises(Unreadable, match="not a format") as refused:
        OpenSlideSource(tmp_path / "a.svs", "a.svs")
    assert str(tmp_path) not in str(refused.value)


def outcome(path):
    """What opening and reading says; None where it was read."""
    try:
        with open_image(path, 0.5) as image:
            said = [_read(image), _read(image)]
    except Refusal as refused:
        return str(refused)
    assert said[0] == said[1]
    return said[0]


def _read(image):
    try:
        image.read(0, 0, image.size, image.size)
    except Refusal as refused:
        return str(refused)
    return None


def test_any_damage_is_a_sentence_and_the_same_one_twice(tmp_path):
    whole = draw(tmp_path / "whole.tif", PIXELS, levels=2).read_bytes()
    rng, outcomes = np.random.default_rng(0), set()
    path = tmp_path / "bad.tif"
    for at in range(120):
        content = bytearray(whole)
        places = rng.integers(0, 500 if at % 2 else len(whole), rng.integers(1, 30))
        for place in places:
            content[place] = rng.integers(256)
        path.write_bytes(content[: len(whole) * (at % 3 + 1) // 3])
        outcomes.add(outcome(path))
    told = {said for said in outcomes if said is not None}
    assert all("bad.tif" in said and str(tmp_path) not in said for said in told)
    assert any("cannot be read as one" in said for said in told)
    assert any("cannot be read at 0, 0" in said for said in told)
