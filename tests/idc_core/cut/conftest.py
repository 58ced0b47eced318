"""A synthetic slide of 8 × 6 squares of 16 px, pink and glass, with QuPath outlines, all by hand.

Columns 0–5 are tissue, 6 and 7 glass. Outlined as tumour: columns 0–1 of rows 0–2 and the left half
of column 2 in row 0. Outlined as stroma: columns 3–4 of rows 0–1. An excluded fold lies in row 5,
column 0.
"""

import json

import numpy as np
import pytest

from idc_core.annotations.classes import read_class_map
from idc_core.cut.settings import Settings
from idc_core.records.raster import Raster
from tests.slides import draw

SIDE = 16
COLUMNS, ROWS = 8, 6


def tissue_and_glass():
    """Every square of another pink; glass is white."""
    pixels = np.full((ROWS * SIDE, COLUMNS * SIDE, 3), 255, np.uint8)
    for row in range(ROWS):
        for column in range(COLUMNS - 2):
            shade = (200 - row * 8 - column, 100 + column, 160)
            pixels[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE] = shade
    return pixels


def square(left, top, right, bottom, name):
    """A feature as QuPath writes it, in squares of the grid."""
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[x * SIDE, y * SIDE] for x, y in ring]],
        },
        "properties": {"objectType": "annotation", "classification": {"name": name}},
    }


OUTLINES = [
    square(0, 0, 2, 3, "Tumor"),
    square(2, 0, 2.5, 1, "Tumor"),
    square(3, 0, 5, 2, "Stroma"),
    square(0, 5, 1, 6, "Fold"),
]
CLASSES = "pattern,class\ntumou?r,positive\nstroma,negative\nfold,exclude\n"


@pytest.fixture
def place(tmp_path):
    """Folders `slides` and `outlines` with the slide `a`, and the table of classes."""
    for name in ("slides", "outlines"):
        (tmp_path / name).mkdir()
    draw_slide(tmp_path, "a")
    (tmp_path / "classes.csv").write_text(CLASSES)
    return tmp_path


def draw_slide(place, name, features=OUTLINES, pixels=None):
    """A slide of 0.5 µm per pixel and its outlines."""
    given = tissue_and_glass() if pixels is None else pixels
    draw(
        place / "slides" / f"{name}.tif",
        given,
        levels=1,
        tile=16,
        resolution=(20_000, 20_000),
        resolutionunit="CENTIMETER",
    )
    (place / "outlines" / f"{name}.geojson").write_text(json.dumps(list(features)))


def settings_of(place, **more):
    """Patches of a square each at the slide's own scale."""
    usual = {
        "raster": Raster(
            patch_px=SIDE, um_per_px=0.5, um_from="given", positive="tumour", negative="stroma"
        ),
        "um": 0.5,
        "classes": read_class_map(place / "classes.csv"),
    }
    return Settings(**usual | more)


@pytest.fixture
def settings(place):
    return settings_of(place)
