"""A slide's geometry is what it says, what somebody says beats it, and nothing else is taken."""

from dataclasses import asdict

import pytest

from idc_core.records.slide_frame import SlideFrame
from idc_core.wsi.frame import NAMED, frame_of_slide, um_of
from idc_core.wsi.reading import open_image
from tests.slides import draw, tissue

LEVELS = [(1000, 800), (250, 200)]


def test_bounds_and_offset_are_taken_as_the_scanner_wrote_them():
    found = frame_of_slide(
        LEVELS,
        {
            "openslide.vendor": "hamamatsu",
            "openslide.mpp-x": "0.25",
            "openslide.mpp-y": "0.5",
            "openslide.bounds-x": "10",
            "openslide.bounds-y": "20",
            "openslide.bounds-width": "900",
            "openslide.bounds-height": "700",
            "hamamatsu.XOffsetFromSlideCentre": "-1200",
            "hamamatsu.YOffsetFromSlideCentre": "3400",
        },
    )
    assert found == SlideFrame(
        size=(1000, 800),
        um_x=0.25,
        um_y=0.5,
        bounds_x=10,
        bounds_y=20,
        bounds_size=(900, 700),
        offset_x_nm=-1200,
        offset_y_nm=3400,
        level_sizes=((1000, 800), (250, 200)),
        um_from="file",
        scanner="hamamatsu",
    )


def test_what_is_not_said_is_none():
    assert frame_of_slide(LEVELS, {}) == SlideFrame((1000, 800), level_sizes=tuple(LEVELS))
    odd = {"openslide.bounds-x": "left", "openslide.bounds-width": "", "openslide.mpp-x": "0.5"}
    found = frame_of_slide(LEVELS, odd)
    assert (found.bounds_x, found.bounds_size, found.um_y) == (None, None, 0.5)


def test_a_power_is_never_turned_into_micrometres():
    said = {
        "openslide.objective-power": "40",
        "aperio.AppMag": "40",
        "tiff.ImageDescription": "Aperio Image Library\n1000x800 |AppMag = 40|Left = 25.6",
    }
    assert um_of(frame_of_slide(LEVELS, said)) is None


def test_the_maker_of_a_dicom_file_is_its_scanner_and_no_number_is_kept():
    dicom = {"openslide.vendor": "dicom", "dicom.Manufacturer": "Leica Biosystems"}
    assert frame_of_slide(LEVELS, dicom).scanner == "Leica Biosystems"
    odd = dicom | {"dicom.Manufacturer": "DOE^JANE <b>"}
    assert frame_of_slide(LEVELS, odd).scanner == "dicom"
    assert not [name for name in NAMED if "erial" in name or "ScanScope" in name]


def test_micrometres_that_are_given_beat_the_files_and_say_so(tmp_path):
    um = {"resolution": (20_000, 20_000), "resolutionunit": "CENTIMETER"}
    path = draw(tmp_path / "a.tif", tissue(256), levels=2, **um)
    with open_image(path) as image:
        assert (image.frame.um_x, image.frame.um_from) == (pytest.approx(0.5), "file")
        own = image.frame
    with open_image(path, 0.25) as image:
        assert asdict(image.frame) == asdict(own) | {
            "um_x": 0.25,
            "um_y": 0.25,
            "um_from": "given",
        }
        assert image.note == "The file says 0.5 µm per pixel; 0.25, as given, is used."
