import pandas as pd
import pytest

from idc_core.data.stores.slide_frames import CutSlide, slide_frames
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster
from idc_core.records.slide_frame import SlideFrame

RASTER = Raster(patch_px=96, um_per_px=1.0, positive="tumour", negative="stroma")
ROW = {
    "slide": "a",
    "state": "done",
    "width": 1000.0,
    "height": 700.0,
    "um_x": 0.5,
    "um_y": 0.5,
    "origin_x": 30.0,
    "origin_y": 20.0,
}


def saved(folder, *rows):
    pd.DataFrame(rows).to_parquet(folder / "slides.parquet")
    return folder


def test_a_patch_is_as_many_pixels_of_the_slide_as_it_was_cut_from(tmp_path):
    refused = {"slide": "b", "state": "refused", "why": "it is damaged"}
    found = slide_frames(saved(tmp_path, ROW, refused), RASTER)
    assert found.keys() == {"a"}
    assert found["a"].scale == 2
    assert found["a"].frame.size == (1000, 700)
    assert found["a"].frame.corner == (30, 20)


def test_squares_end_where_the_slide_ends():
    cut = CutSlide(SlideFrame(size=(500, 300)), 2.0)
    rows = pd.DataFrame({"x": [1, 97, 193], "y": [1, 1, 97]})
    assert cut.boxes(rows, 96).tolist() == [
        [0, 0, 192, 192],
        [192, 0, 384, 192],
        [384, 192, 500, 300],
    ]


def test_a_store_that_was_not_cut_has_no_frames(tmp_path):
    assert slide_frames(tmp_path, RASTER) == {}
    assert slide_frames(saved(tmp_path, ROW), USUAL) == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"slide": "a"}, "width, height, um_x, um_y, origin_x, origin_y missing"),
        (ROW | {"um_x": float("nan")}, "size, µm and origin of the slide a"),
        (ROW | {"width": "wide"}, "size, µm and origin of the slide a"),
        (ROW | {"height": 0.0}, "size, µm and origin of the slide a"),
    ],
)
def test_a_table_without_numbers_is_refused(tmp_path, row, said):
    with pytest.raises(Refusal, match=said):
        slide_frames(saved(tmp_path, row), RASTER)
