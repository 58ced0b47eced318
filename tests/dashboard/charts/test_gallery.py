"""The gallery as data."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.gallery import (
    COLUMNS,
    SELECTION,
    SEVERAL,
    address,
    gallery_chart,
    placed,
)
from dashboard.charts.montage import montage, rgb, surroundings
from idc_core.records.raster import USUAL, Raster


@pytest.fixture
def rows():
    many = COLUMNS + 2
    return pd.DataFrame(
        {
            "patient": ["08863"] * many,
            "x": 1 + 50 * np.arange(many),
            "y": 1,
            "score": np.linspace(0, 1, many),
            "outcome": "fn",
        }
    )


def layers(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def test_patches_stand_row_by_row(rows):
    table = placed(rows)
    assert table["col"].tolist() == [*range(COLUMNS), 0, 1]
    assert table["row"].tolist() == [0] * COLUMNS + [1, 1]


def test_a_click_selects_patient_and_place(rows):
    spec = gallery_chart(placed(rows), "data:image/webp;base64,", USUAL)
    assert spec["params"][0]["name"] == SELECTION
    assert spec["params"][0]["select"]["fields"] == ["patient", "x", "y"]
    assert spec["datasets"]["squares"]["patient"].tolist() == ["08863"] * len(rows)


def test_without_pixels_squares_say_outcome_and_score(rows):
    spec = gallery_chart(placed(rows), None, USUAL)
    assert "image" not in layers(spec)
    assert spec["datasets"]["squares"]["said"].iloc[0] == "FN 0.00"


def test_with_pixels_all_patches_are_one_picture(rows):
    spec = gallery_chart(placed(rows), "data:image/webp;base64,", USUAL)
    assert layers(spec) == ["image", "rect"]
    assert len(spec["datasets"]["picture"]) == 1


def test_a_montage_frames_each_patch_in_its_outcome():
    patches = np.full((3, 50, 50, 3), 90, np.uint8)
    sheet = montage(patches, np.array(["fn", "fp", "tp"]), columns=2, side=40, gap=6)
    assert sheet.shape == (92, 92, 4)
    assert tuple(sheet[0, 0, :3]) == rgb("#D55E00")
    assert tuple(sheet[20, 20, :3]) == (90, 90, 90)
    assert sheet[70, 70, 3] == 0, "an empty place is transparent"
    assert address(sheet).startswith("data:image/webp;base64,")


def test_the_centre_of_the_surroundings_is_outlined():
    large = surroundings(np.full((250, 250, 3), 128, np.uint8), scale=2)
    assert large.shape == (500, 500, 3)
    assert (large[200, 200] == 17).all()
    assert (large[250, 250] == 128).all()


@pytest.fixture
def judged(rows):
    return placed(rows).assign(mark="", shape="circle", picked=False, turn=7)


def test_with_shift_patches_are_chosen_together_and_a_plain_click_opens(judged):
    params = {
        each["name"]: each["select"]
        for each in gallery_chart(judged, None, USUAL, judging=True)["params"]
    }
    assert set(params) == {SELECTION, SEVERAL}
    assert params[SEVERAL]["on"] == "click[event.shiftKey]"
    assert params[SELECTION]["on"] == "click[!event.shiftKey]"
    assert "turn" in params[SEVERAL]["fields"]


def test_verdicts_and_choices_move_with_the_table_not_the_specification(judged):
    before = gallery_chart(judged, "data:,", USUAL, judging=True)
    after = gallery_chart(
        judged.assign(mark="L", picked=True, turn=8), "data:,", USUAL, judging=True
    )
    assert {k: v for k, v in before.items() if k != "datasets"} == {
        k: v for k, v in after.items() if k != "datasets"
    }
    assert after["datasets"]["squares"]["mark"].eq("L").all()
    assert layers(after) == ["image", "rect", "rect", "point", "text"]


@pytest.mark.parametrize("sheet", [None, "data:,"])
def test_an_outcome_is_named_as_the_store_names_its_classes(rows, sheet):
    spec = gallery_chart(placed(rows), sheet, Raster(positive="tumour", negative="stroma"))
    assert spec["datasets"]["squares"]["what"].eq("missed tumour").all()
    (squares,) = (each for each in spec["layer"] if each["mark"]["type"] == "rect")
    assert squares["encoding"]["color"]["scale"]["domain"] == [
        "tumour found",
        "missed tumour",
        "false alarm",
        "true negative",
        "label unknown",
        "no score",
    ]
