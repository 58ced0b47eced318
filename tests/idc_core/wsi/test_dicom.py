"""A folder of DICOM files is one slide, and any of its files opens the whole."""

import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import open_image
from tests.slides import draw_dicom, tissue

PIXELS = tissue(200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("dicom") / "slide"
    draw_dicom(made, PIXELS)
    return made


@pytest.mark.parametrize("name", ["", "level_0.dcm", "level_1.dcm"])
def test_the_folder_and_each_file_of_it_open_the_whole_slide(folder, name):
    with open_image(folder / name) as image:
        assert image.frame.level_sizes == ((200, 200), (100, 100))
        assert (image.um_per_px, image.frame.um_from) == (0.5, "file")
        assert image.frame.scanner == "Drawn"
        assert np.array_equal(image.read(0, 0, (200, 200), (200, 200)), PIXELS)


def test_two_slides_in_one_folder_are_refused_with_their_files(tmp_path):
    draw_dicom(tmp_path, PIXELS)
    first, second = (tmp_path / f"level_{level}.dcm" for level in range(2))
    second.unlink()
    first.rename(tmp_path / "one.dcm")
    draw_dicom(tmp_path, PIXELS, series="1.2.3.5", levels=1)
    (tmp_path / "level_0.dcm").rename(tmp_path / "two.dcm")
    with pytest.raises(Refusal, match=r"one\.dcm and two\.dcm belong to two"):
        open_image(tmp_path)
    with open_image(tmp_path / "two.dcm") as image:
        assert image.size == (200, 200)


def test_files_that_are_no_slide_are_passed_over_and_a_folder_of_them_refused(tmp_path):
    (tmp_path / "report.dcm").write_bytes(b"\0" * 128 + b"DICM")
    with pytest.raises(Refusal, match="OpenSlide: not a format"):
        open_image(tmp_path)
    draw_dicom(tmp_path, PIXELS)
    with open_image(tmp_path) as image:
        assert image.size == (200, 200)


def test_the_real_files_of_one_series_open_from_any(real_root):
    for name in ("boxes_0.dcm", "boxes_1.dcm"):
        with open_image(real_root / "annotations" / "slides" / name) as image:
            assert image.um_per_px == pytest.approx(0.499)
            assert image.frame.scanner == "Leica Biosystems"
