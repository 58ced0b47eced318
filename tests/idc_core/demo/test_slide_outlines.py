"""The outlines lie where the tissue is, as QuPath writes them, and read without repair."""

import json

import numpy as np
import pytest
from shapely import contains_xy
from shapely.geometry import shape

from idc_core.annotations.classes import Role, read_class_map
from idc_core.demo.close_up import MAGNIFIED
from idc_core.demo.slide_outlines import CLASSES, geojson
from idc_core.demo.slide_plans import fold_of, laid_out
from tests.idc_core.demo.small_slides import FOLDED, HALF_SEEN, SMALL, SPARED


def outlines_of(slide):
    """The class and the shape of every outline, in pixels of the slide."""
    features = json.loads(geojson(slide, laid_out(slide)[0]))["features"]
    assert {each["properties"]["objectType"] for each in features} == {"annotation"}
    return [
        (each["properties"]["classification"]["name"], shape(each["geometry"])) for each in features
    ]


def covers(outlines, name, laid):
    """The pixels of 4 µm whose middle lies in an outline of the class."""
    rows, columns = np.mgrid[: laid.present.shape[0], : laid.present.shape[1]]
    x, y = (columns.ravel() + 0.5) * MAGNIFIED, (rows.ravel() + 0.5) * MAGNIFIED
    inside = [contains_xy(each, x, y) for kind, each in outlines if kind == name]
    return np.any(inside, axis=0).reshape(laid.present.shape)


@pytest.mark.parametrize("slide", SMALL, ids=lambda each: each.slide)
def test_they_agree_with_what_was_drawn_but_for_their_line(slide):
    laid, outlines = laid_out(slide)[0], outlines_of(slide)
    seen = np.arange(laid.present.shape[1]) < slide.annotated * laid.present.shape[1]
    for name, drawn in (("Region*", laid.present), ("Tumor", laid.present & laid.inside)):
        differ = covers(outlines, name, laid) != (drawn & seen)
        assert differ.mean() < 0.03, name
    assert all(each.is_valid for _, each in outlines)


def test_the_spared_place_is_a_hole():
    (tumour,) = [each for name, each in outlines_of(SPARED) if name == "Tumor"]
    assert len(tumour.interiors) == 1


def test_beyond_what_was_looked_at_nothing_is_outlined():
    width = HALF_SEEN.plan.width * MAGNIFIED
    right = max(each.bounds[2] for _, each in outlines_of(HALF_SEEN))
    assert right == pytest.approx(0.6 * width, abs=MAGNIFIED)


def test_the_fold_is_to_be_ignored_and_only_where_there_is_one():
    laid, outlines = laid_out(FOLDED)[0], outlines_of(FOLDED)
    assert (covers(outlines, "Ignore*", laid) != fold_of(laid)).mean() < 0.02
    assert "Ignore*" not in {name for name, _ in outlines_of(SPARED)}


def test_the_table_says_what_every_class_means(tmp_path):
    (tmp_path / "classes.csv").write_text(CLASSES)
    roles = read_class_map(tmp_path / "classes.csv").roles(
        dict.fromkeys(("Tumor", "Region*", "Ignore*"), 1)
    )
    assert list(roles.values()) == [Role.POSITIVE, Role.ROI, Role.EXCLUDE]
