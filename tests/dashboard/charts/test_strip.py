"""The strip of fields: the centre patch framed by its outcome, told apart without colour."""

import numpy as np
import pandas as pd

from dashboard.charts.montage import rgb
from dashboard.charts.strip import SIDE, sheet, strip_chart
from dashboard.charts.theme import COLOURS
from idc_core.records.raster import USUAL, Raster


def test_the_centre_patch_is_framed_and_that_of_a_false_alarm_in_stripes():
    outcomes = ["fn", "fp"]
    picture = sheet([np.full((150, 150, 3), 200, np.uint8)] * 2, outcomes)
    for at, outcome in enumerate(outcomes):
        field = picture[4 : SIDE - 4, at * SIDE + 4 : (at + 1) * SIDE - 4, :3]
        third = SIDE // 3
        edge = field[third - 4, third - 4 : 2 * third - 3]
        painted = (edge == rgb(COLOURS[outcome])).all(axis=1)
        assert painted.all() == (outcome == "fn")
        assert painted.mean() > 0.4


def test_a_field_is_named_as_the_store_names_its_classes():
    rows = pd.DataFrame({"x": [1], "y": [1], "score": [0.2], "outcome": ["fn"]})
    for raster, word in (
        (USUAL, "missed IDC"),
        (Raster(positive="tumour", negative="stroma"), "missed tumour"),
    ):
        spec = strip_chart(rows, None, None, raster)
        assert spec["datasets"]["fields"]["what"].tolist() == [word]
        assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"][1] == word
