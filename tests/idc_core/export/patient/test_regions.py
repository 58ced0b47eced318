"""Regions for other programs: where those show them, as large as they were, by whom they are."""

import csv
import io
import json

import pandas as pd
import pytest
import shapely

from idc_core.annotations.areas import by_class
from idc_core.annotations.frames import in_level0
from idc_core.annotations.opening import read
from idc_core.annotations.writers.tools import TOOLS
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.export.patient.regions import Drawn, csv_of, file_of
from idc_core.facts.record import Facts
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.records.slide_frame import SlideFrame
from idc_core.reviews.ground import ground_of
from tests.idc_core.reviews.test_regions import region

FRAME = SlideFrame(size=(1000, 800), um_x=0.5, um_y=0.5, bounds_x=10, bounds_y=20)
CUT = CutSlide(FRAME, 2.0)
ROWS = pd.DataFrame(
    {"patient": "10253", "slide": "S1", "x": [1, 51], "y": [1, 1], "score": [0.2, 0.9]}
)
HOLED = (
    "MULTIPOLYGON (((0 0, 400 0, 400 300, 0 300, 0 0), (40 40, 40 90, 90 90, 90 40, 40 40)), "
    "((600 600, 700 600, 700 700, 600 600)))"
)
REGIONS = [region(), region(region="r2", name="tumour", excluded=False, shape=HOLED)]
WHOSE = {"r1": ["Ada"], "r2": ["Bo", "Ada"]}


def drawn(cut=CUT, **parts):
    ground = ground_of(Raster(um_per_px=0.5), cut)
    here = REGIONS if cut else [region(frame="patches", um_x=None, um_y=None)]
    return Drawn(here, WHOSE, ground, ROWS, 0.5, cut, **parts)


@pytest.mark.parametrize("tool", ["qupath", "asap", "imagescope"])
def test_what_a_tool_is_given_comes_back_where_it_was_drawn(tool, tmp_path):
    file = tmp_path / f"regions.{TOOLS[tool].ending}"
    file.write_text(file_of(TOOLS[tool], drawn(), Facts(run="first")), encoding="utf-8")
    found = by_class(in_level0(read(file), FRAME))
    assert set(found) == {"excluded: pen", "tumour"}
    for each, name in zip(REGIONS, ("excluded: pen", "tumour"), strict=True):
        assert found[name].symmetric_difference(each.drawn()).area < 1e-3


def test_qupath_reads_size_patches_author_and_exclusion():
    first, second = json.loads(file_of(TOOLS["qupath"], drawn(), Facts(run="first")))["features"]
    assert first["properties"]["metadata"] == {"author": "Ada", "at": "", "excluded": "pen"}
    assert second["properties"]["metadata"]["author"] == "Bo; Ada"
    assert first["properties"]["objectType"] == "annotation"
    assert second["properties"]["measurements"] == {
        "area mm²": pytest.approx(shapely.from_wkt(HOLED).area * 0.25e-6),
        "perimeter µm": pytest.approx(shapely.from_wkt(HOLED).length * 0.5),
        "patches": 1,
        "predicted positive": 1,
    }


def test_the_table_has_area_perimeter_and_counts_and_hashes_where_asked(monkeypatch):
    row, _ = csv.DictReader(io.StringIO(csv_of(drawn(), Facts(run="first"))))
    assert (row["name"], row["excluded"], row["area_px2"]) == ("pen", "1", "100.0")
    assert float(row["area_mm2"]) == pytest.approx(100 * 0.25e-6)
    assert (float(row["perimeter_um"]), row["patches"], row["authors"]) == (20, "0", "Ada")
    assert row["export_run"] == "first"
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    hashed, _ = csv.DictReader(io.StringIO(csv_of(drawn(), Facts(run="first"))))
    assert "Ada" not in hashed["authors"]
    assert hashed["patient"] != "10253"


def test_where_the_slide_is_not_known_it_lies_on_the_picture_and_is_measured_in_pixels():
    at = drawn(None, corner=(5, 3))
    text = file_of(TOOLS["qupath"], at, Facts(run="first"))
    (feature,) = json.loads(text)["features"]
    assert [-4, -2] in feature["geometry"]["coordinates"][0]
    assert json.loads(text)["properties"]["frame"].startswith("pixels of the exported picture")
    assert "area mm²" in feature["properties"]["measurements"]
    unknown = Drawn(at.regions, WHOSE, ground_of(Raster(), None), ROWS, 0.5, None)
    (row,) = csv.DictReader(io.StringIO(csv_of(unknown, Facts(run="first"))))
    assert (row["area_mm2"], row["perimeter_um"], row["area_px2"]) == ("", "", "100.0")


def test_wsinfer_is_refused_as_it_knows_squares_only():
    with pytest.raises(Refusal, match="squares only"):
        file_of(TOOLS["wsinfer"], drawn(), Facts())
