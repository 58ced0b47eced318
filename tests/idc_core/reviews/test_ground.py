"""Which patches lie in a region: by their middle, in the frame that the region was drawn in."""

import pandas as pd

from idc_core.data.stores.slide_frames import CutSlide
from idc_core.records.raster import Raster
from idc_core.records.slide_frame import SlideFrame
from idc_core.reviews.ground import ground_of, on_slide
from tests.idc_core.reviews.test_regions import region

ROWS = pd.DataFrame({"patient": "10253", "slide": "S1", "x": [1, 51, 101], "y": [1, 1, 1]})
CUT = CutSlide(SlideFrame(size=(600, 200), um_x=0.25, um_y=0.5), 2.0)


def box(right):
    return f"POLYGON ((0 0, {right} 0, {right} 100, 0 100, 0 0))"


def test_a_patch_lies_in_a_region_if_its_middle_does():
    ground = ground_of(Raster(), None)
    assert (ground.frame, ground.um) == ("patches", None)
    for right, inside in ((24, []), (26, [1]), (74, [1]), (76, [1, 51])):
        shape = region(shape=box(right)).drawn()
        assert ROWS["x"][ground.inside(ROWS, shape)].tolist() == inside


def test_on_a_cut_slide_coordinates_are_its_finest_pixels():
    ground = ground_of(Raster(um_per_px=0.5), CUT)
    assert (ground.frame, ground.scale, ground.um) == ("slide", 2.0, (0.25, 0.5))
    inside = ground.inside(ROWS, region(shape=box(152)).drawn())
    assert ROWS["x"][inside].tolist() == [1, 51]
    assert ground.measure(region(shape=box(100), um_x=None, um_y=None)).area == 100 * 100 / 8e6


def test_patches_name_every_excluded_region_over_them_and_no_other():
    drawn = [
        region(shape=box(60)),
        region(region="r2", name="fold", shape=box(110)),
        region(region="r3", name="tumour", excluded=False, shape=box(400)),
        region(region="r4", name="elsewhere", frame="patches", shape=box(400)),
    ]
    found = ground_of(Raster(um_per_px=0.5), CUT).excluded(ROWS, drawn)
    assert found.tolist() == ["pen; fold", "", ""]


def test_regions_are_those_of_the_rows_patient_and_slide():
    drawn = [region(), region(region="r2", slide="S2"), region(region="r3", patient="7")]
    assert [each.region for each in on_slide(drawn, ROWS)] == ["r1"]
    without = ROWS.drop(columns="slide")
    assert on_slide([region(slide="")], without)
    assert not on_slide([region()], without)
