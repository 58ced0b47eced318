"""Pointing at a patch of a gallery shows what lies around it on its slide, where that is there."""

import pandas as pd
import pytest

from dashboard.charts import gallery
from dashboard.widgets import hover_fields
from idc_core.records.raster import Raster
from tests.cut_world import cut_store, draw_slides

SIDE = 64


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("cut")
    return cut_store(root, draw_slides(root, SIDE, count=2), SIDE, "jpeg")


@pytest.fixture
def rows():
    return pd.DataFrame(
        {
            "patient": ["a", "b"],
            "slide": ["S1", "S0"],
            "x": [1, 65],
            "y": [65, 1],
            "score": [0.2, 0.9],
            "outcome": ["fn", "fp"],
        }
    )


def test_each_patch_has_the_field_around_it_on_its_own_slide(store, rows):
    found = hover_fields.of(rows, store)
    assert found == [
        f"slides/{store.path.name}/1/field/1_65_500.jpg",
        f"slides/{store.path.name}/0/field/65_1_500.jpg",
    ]
    assert hover_fields.said(found) == " Point at one to see 500 µm of its slide."


def test_where_a_slide_is_gone_or_there_is_none_nothing_is_promised(store, rows):
    assert hover_fields.of(rows.drop(columns="slide"), store) is None
    assert hover_fields.of(rows, None) is None
    assert hover_fields.of(rows.iloc[:0], store) is None
    assert hover_fields.said(None) == ""
    file = store.path.parent.parent / "slides" / "S0.tif"
    file.rename(file.with_name("away"))
    try:
        assert hover_fields.of(rows, store) is None
    finally:
        file.with_name("away").rename(file)


def test_the_tooltip_of_a_gallery_draws_the_field_only_where_there_is_one(rows):
    placed = gallery.placed(rows)
    assert "image" not in tips(gallery.gallery_chart(placed, "data:,", Raster()))
    around = placed.assign(image=["slides/a", "slides/b"])
    assert tips(gallery.gallery_chart(around, "data:,", Raster()))[-1] == "image"


def tips(spec):
    squares = next(
        each for each in spec["layer"] if isinstance(each["encoding"].get("tooltip"), list)
    )
    return [each["field"] for each in squares["encoding"]["tooltip"]]
