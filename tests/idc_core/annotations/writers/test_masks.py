import json
from pathlib import Path

import numpy as np
import pytest
import shapely
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from idc_core.annotations.areas import by_class
from idc_core.annotations.frames import in_level0
from idc_core.annotations.opening import read
from idc_core.annotations.pixels import outlines
from idc_core.annotations.writers.filled import filled
from idc_core.annotations.writers.masks import mask, tiff
from idc_core.annotations.writers.outline import Outline, outlines_of
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import SlideFrame

SLIDE = SlideFrame(size=(1501, 1200), um_x=0.5, um_y=0.5)
RING = Polygon(box(10, 20, 900, 800).exterior, [box(100, 100, 301, 303).exterior])


def drawn(name: str, shape: shapely.Geometry) -> Outline:
    return Outline(class_name=name, shape=shape)


def saved(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_a_mask_at_the_slides_own_scale_reads_back_to_the_pixel(tmp_path: Path) -> None:
    both = [drawn("tumour", RING), drawn("stroma", box(1000, 0, 1501, 1200))]
    made = mask(both, SLIDE, 0.5)
    file = saved(tmp_path / "a.tif", tiff(made, {}))
    names = {str(value): name for value, name in made.names.items()}
    found = by_class(in_level0(read(file, names=names), SLIDE))
    assert found.keys() == {"tumour", "stroma"}
    assert all(found[each.class_name].equals(each.shape) for each in both)


def test_at_coarser_scale_every_edge_lies_within_a_pixel_of_the_mask(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.tif", tiff(mask([drawn("1", RING)], SLIDE, 4.0), {}))
    found = by_class(in_level0(read(file), SLIDE))["1"]
    assert shapely.hausdorff_distance(found, RING) < 8 * 2**0.5
    assert found.area == pytest.approx(RING.area, rel=0.01)


def test_the_tiff_is_a_pyramid_that_says_its_scale_and_its_classes(tmp_path: Path) -> None:
    made = mask([drawn("tumour", RING)], SLIDE, 0.5, classes=("stroma", "tumour"))
    assert set(np.unique(made.labels)) == {0, 2}
    with tifffile.TiffFile(saved(tmp_path / "a.tif", tiff(made, {"run": "first"}))) as file:
        assert [page.shape for page in file.pages] == [(1200, 1501), (600, 751), (300, 376)]
        assert all(page.is_tiled for page in file.pages)
        said = json.loads(file.pages[0].description)
        across, per = file.pages[0].tags["XResolution"].value
    assert said == {"labels": {"0": "nothing", "1": "stroma", "2": "tumour"}, "run": "first"}
    assert across / per == pytest.approx(20_000)


def test_the_smaller_of_two_that_overlap_has_the_place() -> None:
    both = [drawn("a", box(10, 10, 20, 20)), drawn("b", box(0, 0, 100, 100))]
    made = mask(both, SLIDE, 0.5)
    assert made.names == {1: "a", 2: "b"}
    assert (made.labels[10:20, 10:20] == 1).all()
    assert (made.labels == 2).sum() == 100 * 100 - 100


@pytest.mark.parametrize(
    ("slide", "um", "said"),
    [
        (SlideFrame(size=(10, 10)), 1.0, "expected the slide's µm per pixel"),
        (SLIDE, 0.25, "at least the slide's own 0.5 µm"),
        (SLIDE, float("nan"), "at least the slide's own"),
        (SlideFrame(size=(90_000, 90_000), um_x=0.25, um_y=0.25), 0.25, "at most 500,000,000"),
        (SlideFrame(size=(9_000, 90), um_x=0.25, um_y=0.25), 20.0, "with the slide's shape"),
    ],
)
def test_what_cannot_be_a_mask_is_refused(slide: SlideFrame, um: float, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        mask([drawn("a", box(0, 0, 9, 9))], slide, um)


def test_more_classes_than_values_are_refused() -> None:
    many = [drawn(str(at), box(at, 0, at + 1, 1)) for at in range(256)]
    with pytest.raises(Refusal, match="at most 255 classes"):
        mask(many, SLIDE, 0.5)


def test_pixels_are_in_where_their_middle_is() -> None:
    shape = Point(20.3, 18.7).buffer(12.1) - Point(20, 20).buffer(5)
    rows, columns, inside = filled(shape, 30, 40)
    found = np.zeros((40, 30), bool)
    found[rows, columns] = inside
    x, y = np.meshgrid(np.arange(30) + 0.5, np.arange(40) + 0.5)
    assert np.array_equal(found, shapely.contains_xy(shape, x, y))


@given(st.lists(st.booleans(), min_size=48, max_size=48))
def test_the_outlines_of_pixels_fill_the_same_pixels(flags: list[bool]) -> None:
    raster = np.array(flags).reshape(6, 8)
    found = np.zeros((6, 8), bool)
    for shape in outlines(raster.astype(np.uint8), "a", skip=0).values():
        rows, columns, inside = filled(shape, 8, 6)
        found[rows, columns] |= inside
    assert np.array_equal(found, raster)


def test_a_real_mask_comes_back_to_the_pixel(real_annotations: Path, tmp_path: Path) -> None:
    first = read(real_annotations / "masks/test-mask.tif")
    assert first.picture is not None
    size = (first.picture.width or 0, first.picture.height or 0)
    slide = SlideFrame(size=size, um_x=1, um_y=1)
    made = mask(outlines_of(first), slide, 1.0)
    again = read(saved(tmp_path / "a.tif", tiff(made, {})))
    assert by_class(again)["1"].equals(by_class(first)["1"])
