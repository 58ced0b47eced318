"""The files of a synthetic slide: what a scanner and QuPath would leave."""

import numpy as np
import pytest
import tifffile

from idc_core.cut.jobs import jobs
from idc_core.demo.close_up import close_up
from idc_core.demo.slide_files import CLASS_TABLE, SLIDE_TABLE, draw_files, halved, slide_file
from idc_core.demo.slide_plans import laid_out
from idc_core.wsi.reading import open_image
from tests.idc_core.demo.small_slides import SMALL, SPARED


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("drawn") / "slides"
    draw_files(place, slides=SMALL)
    return place


def test_a_slide_is_a_pyramid_of_exact_pixels_at_its_scale(folder):
    laid, rng = laid_out(SPARED)
    pixels = close_up(SPARED.plan, laid, rng)
    with tifffile.TiffFile(slide_file(folder, SPARED)) as file:
        levels = [page.asarray() for page in file.pages]
    assert len(levels) == 3
    for level in levels:
        np.testing.assert_array_equal(level, pixels)
        pixels = halved(pixels)
    with open_image(slide_file(folder, SPARED)) as image:
        assert image.um_per_px == pytest.approx(0.5)
        assert image.note == ""
        part = image.read(128, 64, (256, 128), (256, 128))
    np.testing.assert_array_equal(part, levels[0][64:192, 128:384])


def test_half_as_large_is_the_rounded_mean_of_four():
    pixels = np.array([[[0], [1], [9]], [[0], [1], [9]], [[7], [7], [7]]], np.uint8).repeat(3, 2)
    np.testing.assert_array_equal(halved(pixels), np.full((1, 1, 3), 1))


def test_cutting_finds_slides_outlines_and_patients(folder):
    found = jobs(folder, folder, folder / SLIDE_TABLE)
    assert [(each.slide, each.patient) for each in found] == [
        ("demo-s6a", "demo-s6"),
        ("demo-s6b", "demo-s6"),
        ("demo-s7", "demo-s7"),
    ]
    assert [each.annotations for each in found] == [
        folder / f"{each.slide}.geojson" for each in found
    ]
    assert (folder / CLASS_TABLE).is_file()


def test_only_what_is_missing_is_drawn_and_to_the_same_bytes(folder):
    file, others = slide_file(folder, SPARED), [slide_file(folder, each) for each in SMALL[1:]]
    before, kept = file.read_bytes(), [each.stat().st_mtime_ns for each in others]
    file.unlink()
    told = []
    draw_files(folder, lambda *step: told.append(step), SMALL)
    assert told == [("drawing", 1, 1)]
    assert file.read_bytes() == before
    assert [each.stat().st_mtime_ns for each in others] == kept
