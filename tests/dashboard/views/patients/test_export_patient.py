"""What the export of a patient holds for another program."""

import json

import pandas as pd

from dashboard.cache import stores
from dashboard.views.patients import export_patient
from idc_core.annotations.writers.tools import TOOLS
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.facts.record import Facts
from idc_core.records.raster import Raster
from idc_core.records.slide_frame import SlideFrame
from idc_core.runs.run import open_run

RASTER = Raster(patch_px=96, um_per_px=1.0, positive="tumour", negative="stroma")
ROWS = pd.DataFrame(
    {
        "patient": "P",
        "slide": "a",
        "x": [97, 193],
        "y": [1, 1],
        "label": [1, 0],
        "score": [0.25, 0.75],
        "outcome": ["fn", "fp"],
    }
)
CUT = CutSlide(SlideFrame(size=(500, 300), bounds_x=10, bounds_y=20), 2.0)
VERDICTS = pd.DataFrame(
    {"x": [97], "y": [1], "verdict": ["no_idc"], "reviewer": ["Bo"], "stage": ["open"]}
)


def made(tool, cut):
    return export_patient.on_slide(
        TOOLS[tool], ROWS, 0.5, None, VERDICTS, Facts(run="first"), RASTER, cut
    )


def test_patches_lie_on_the_slide_as_qupath_shows_it_with_who_said_what():
    found = json.loads(made("qupath", CUT))
    first, second = found["features"]
    corners = {tuple(point) for point in first["geometry"]["coordinates"][0]}
    assert corners == {(182, -20), (374, -20), (374, 172), (182, 172)}
    assert first["properties"]["classification"]["name"] == "missed tumour"
    assert first["properties"]["metadata"] == {"verdict": "stroma (Bo)", "reader": "Bo"}
    assert second["properties"]["objectType"] == "detection"
    assert second["properties"]["measurements"] == {"score": 0.75, "label": 0}


def test_without_a_frame_they_lie_on_the_picture_and_the_file_says_so():
    found = json.loads(made("qupath", None))
    corners = {tuple(point) for point in found["features"][0]["geometry"]["coordinates"][0]}
    assert corners == {(0, 0), (96, 0), (96, 96), (0, 96)}
    assert found["properties"]["frame"].startswith("pixels of the exported picture")


def test_a_store_that_was_not_cut_has_no_slides(full_run):
    assert stores.cut_slides(open_run(full_run / "models" / "small")) == {}
