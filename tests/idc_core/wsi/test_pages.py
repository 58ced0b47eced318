"""The slide is the largest page of a TIFF, and its µm are those that the file says of it."""

import numpy as np
import pytest
import tifffile

from idc_core.io.refusal import Refusal
from idc_core.wsi import pages
from idc_core.wsi.micrometres import Micrometres, of_file, of_ome, of_slide
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from tests.slides import draw, shades

CM = {"resolution": (2500, 2500), "resolutionunit": "CENTIMETER"}
"""4 µm per pixel."""


@pytest.fixture(scope="module")
def tissue():
    """6 × 4 squares of 50 pixels."""
    return shades(6, 4, 50)


def write(path, *written, **file):
    with tifffile.TiffWriter(path, **file) as opened:
        for pixels, how in written:
            opened.write(pixels, photometric="rgb", **how)
    return path


def label(side=64):
    return np.full((side, side, 3), 255, np.uint8)


@pytest.mark.parametrize(
    "before",
    [
        [],
        [(label(), {})],
        [(label(100), {"subfiletype": 1})],
        [(label(), {}), (label(120), {})],
    ],
)
def test_the_largest_page_is_the_slide(tmp_path, tissue, before):
    path = write(tmp_path / "a.tif", *before, (tissue, CM), (label(), {}))
    with open_image(path) as image:
        assert image.size == (300, 200)
        assert image.um_per_px == pytest.approx(4.0)
        assert int(plan(image, 4.0, 50).kept.sum()) == 24
        assert np.array_equal(image.read(0, 0, (300, 200), (300, 200)), tissue)
        if before:
            assert image.note == (
                f"Of the {len(before) + 2} pages of the file the largest is read, number "
                f"{len(before) + 1} with 300 × 200 pixels."
            )
        else:
            assert image.note == ""


def test_a_tiled_label_before_a_tiled_slide_is_not_taken_for_it(tmp_path, tissue):
    tiled = {"tile": (64, 64)}
    path = write(tmp_path / "a.tif", (label(), tiled), (tissue, tiled | CM))
    with open_image(path) as image:
        assert image.size == (300, 200)
        assert int(plan(image, 4.0, 50).kept.sum()) == 24


def test_a_pyramid_is_still_read_part_by_part(tmp_path, tissue):
    with open_image(draw(tmp_path / "a.tif", tissue), 4.0) as image:
        assert type(image._source).__name__ == "OpenSlideSource"


def test_a_page_that_cannot_be_read_is_told_and_the_others_are(tmp_path, tissue):
    path = write(tmp_path / "a.tif", (tissue, CM), (label(), {}))
    with tifffile.TiffFile(path) as opened:
        second = opened.pages[1].offset
    content = bytearray(path.read_bytes())
    content[second : second + 2] = (60_000).to_bytes(2, "little")  # more tags than the file has
    path.write_bytes(content)
    with open_image(path) as image:
        assert image.size == (300, 200)
        assert image.note == "Page 2 of the file cannot be read."


def test_pages_in_a_circle_come_to_an_end(tmp_path, tissue, monkeypatch):
    monkeypatch.setattr(pages, "MOST_PAGES", 20)
    path = write(tmp_path / "a.tif", (tissue, CM))
    with tifffile.TiffFile(path) as opened:
        first = opened.pages[0].offset
        tags = len(opened.pages[0].tags)
    content = bytearray(path.read_bytes())
    end = first + 2 + 12 * tags
    content[end : end + 4] = first.to_bytes(4, "little")
    path.write_bytes(content)
    with open_image(path) as image:
        assert image.size == (300, 200)


@pytest.mark.parametrize("tile", [{}, {"tile": (64, 64)}])
@pytest.mark.parametrize(
    ("x", "y", "unit", "um"), [(4, 4, "µm", 4.0), (4000, 4000, "nm", 4.0), (0.002, 0.002, "mm", 2)]
)
def test_ome_says_its_own_micrometres(tmp_path, tissue, tile, x, y, unit, um):
    size = {f"PhysicalSize{axis}": value for axis, value in (("X", x), ("Y", y))}
    units = {f"PhysicalSize{axis}Unit": unit for axis in "XY"}
    how = tile | {"metadata": {"axes": "YXS", **size, **units}}
    path = write(tmp_path / "a.ome.tif", (tissue, how), ome=True)
    with open_image(path) as image:
        assert image.um_per_px == pytest.approx(um)
        assert image.note == ""


def test_imagej_says_its_own_micrometres(tmp_path, tissue):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, tissue, imagej=True, resolution=(0.25, 0.25), metadata={"unit": "um"})
    with open_image(path) as image:
        assert image.um_per_px == pytest.approx(4.0)


@pytest.mark.parametrize("tile", [{}, {"tile": (64, 64)}])
def test_directions_that_differ_are_told_and_their_mean_is_used(tmp_path, tissue, tile):
    how = tile | {"resolution": (20_000, 10_000), "resolutionunit": "CENTIMETER"}
    path = write(tmp_path / "a.tif", (tissue, how))
    with open_image(path) as image:
        assert image.um_per_px == pytest.approx(0.75)
        assert image.note == (
            "The file says 0.5 µm per pixel across and 1 down: their mean, 0.75, is used, and "
            "tissue looks stretched."
        )
    with open_image(path, 0.6) as image:
        assert image.um_per_px == 0.6
        assert image.note == (
            "The file says 0.5 µm per pixel across and 1 down; 0.6, as given, is used."
        )


OME = '<OME><Image><Pixels {} PhysicalSizeX="{}"/></Image></OME>'


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (OME.format('SizeX="8" SizeY="6"', 0.5), Micrometres(0.5, 0.5)),
        (OME.format('SizeX="9" SizeY="6"', 0.5), None),
        (OME.format('SizeX="8" SizeY="6" PhysicalSizeXUnit="pixel"', 1), None),
        (OME.format('SizeX="8" SizeY="6"', 300), None),
        (OME.format('SizeX="8" SizeY="6"', "nan"), None),
        (OME.format('SizeX="8" SizeY="6"', "0"), None),
        (
            "<ome:Pixels SizeX='8' SizeY='6' PhysicalSizeX='1' PhysicalSizeY='2' "
            "PhysicalSizeXUnit='&#181;m' PhysicalSizeYUnit='μm'>",
            Micrometres(1.0, 2.0),
        ),
    ],
)
def test_ome_counts_for_the_image_of_that_size_only(xml, expected):
    assert of_ome(xml, (8, 6)) == expected


@pytest.mark.parametrize(
    ("description", "resolution", "unit", "expected"),
    [
        ("ImageJ=1.53\nunit=micron\n", (2.0, 2.0), 1, Micrometres(0.5, 0.5)),
        ("ImageJ=1.53\nunit=\\u00B5m\n", (2.0, 4.0), 1, Micrometres(0.5, 0.25)),
        ("ImageJ=1.53\nunit=pixel\n", (1.0, 1.0), 1, None),
        ("unit=micron\n", (2.0, 2.0), 1, None),
        ("", (2500.0, 2500.0), 3, Micrometres(4.0, 4.0)),
        ("", (72.0, 72.0), 2, None),
        ("", (0.0, 0.0), 3, None),
    ],
)
def test_a_unit_counts_where_somebody_who_knows_wrote_it(description, resolution, unit, expected):
    assert of_file(description, (8, 6), resolution, unit) == expected


def test_what_openslide_knows_counts_where_the_description_says_nothing():
    mpp = {"openslide.mpp-x": "0.25", "openslide.mpp-y": "0.26"}
    assert of_slide(mpp, (8, 6)) == Micrometres(0.25, 0.26)
    assert of_slide({"openslide.mpp-x": "wide"}, (8, 6)) is None


def test_the_slides_of_the_cases_give_the_same_squares(real_root):
    folder = real_root / "cases" / "slides"
    if not folder.is_dir():
        pytest.skip("no cases here")
    for file in sorted(folder.iterdir()):
        with open_image(file) as image:
            assert int(plan(image, 4.0, 50).kept.sum()) == 299, file.name


def test_a_page_too_large_to_be_decoded_is_refused_with_a_cure(tmp_path, tissue, monkeypatch):
    monkeypatch.setattr("idc_core.wsi.source.MOST_PICTURE_PX", 50_000)
    path = write(tmp_path / "a.tif", (label(), {}), (tissue, CM))
    with pytest.raises(Refusal, match="with the slide as its first page"):
        open_image(path)
