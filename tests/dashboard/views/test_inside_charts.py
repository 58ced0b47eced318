"""Pictures and tables of the network's inside say what they should."""

import io

import numpy as np
import pytest
from PIL import Image

from dashboard.charts.channels import channels_of, laid_over
from dashboard.views.network.evidence import charts as evidence
from dashboard.views.network.pair import charts as pair
from dashboard.views.network.steps import charts as separable
from dashboard.views.robustness import charts as robustness
from idc_core.interpret.explain.evidence import of_signed
from idc_core.interpret.explain.faithfulness import Curves
from idc_core.interpret.graph.separable import Separable, Step, Worked
from idc_core.records.raster import USUAL, Raster
from idc_core.score.perturbations import PERTURBATIONS

PATCH = np.random.default_rng(0).integers(0, 256, (50, 50, 3)).astype(np.uint8)
SIGNED = np.array([[1.0, -1.0], [0.0, 0.5]], np.float32)


def test_a_map_lies_over_its_grey_patch_and_leaves_it_where_nothing_is_said():
    white = np.full((50, 50, 3), 255, np.uint8)
    drawn = evidence.over(white, of_signed("any", SIGNED).pro, 1.0, evidence.FOR)
    assert (drawn[:100, 100:] == 255).all()
    strong, weak = drawn[50, 50].astype(int), drawn[150, 150].astype(int)
    assert strong.sum() < weak.sum() < 3 * 255
    assert strong[1] > strong[0]  # teal
    assert np.ptp(drawn[:100, :100].reshape(-1, 3), axis=0).tolist() == [0, 0, 0]


def test_an_empty_map_leaves_the_patch_as_it_is():
    nothing = np.zeros((4, 4), np.float32)
    drawn = evidence.over(PATCH, nothing, 0.0, evidence.FOR)
    assert (drawn == evidence.over(PATCH, nothing, 1.0, evidence.AGAINST)).all()


def test_the_sheet_has_a_column_a_method_and_for_above_against():
    maps = [of_signed("one", SIGNED), of_signed("two", -SIGNED)]
    sheet = evidence.sheet(PATCH, maps)
    assert sheet.shape == (2 * 200 + 8, 3 * 200 + 2 * 8, 3)


def test_every_cell_is_in_the_table_for_and_against_apart():
    table = evidence.table([of_signed("one", SIGNED, "layer")])
    assert table["for_idc"].tolist() == [1, 0, 0, 0.5]
    assert table["against_idc"].tolist() == [0, 1, 0, 0]
    assert set(table["layer"]) == {"layer"}


def test_the_curve_shows_the_range_of_the_random_orders():
    curves = Curves(
        np.array([0, 0.5, 1]), np.array([3.0, 1, 0]), np.array([[3, 2, 0], [3, 1.5, 0.0]]), 1
    )
    table = evidence.curve_table(curves)
    assert table["low"].tolist() == [3, 1.5, 0]
    assert table["high"].tolist() == [3, 2, 0]
    for back in (False, True):
        spec = evidence.logit_curve(curves, restored=back)
        assert ("restored" if back else "removed") in str(spec)


PARTS = Separable(
    "conv",
    np.random.default_rng(1).normal(size=(4, 3, 3)).astype(np.float32),
    np.random.default_rng(2).normal(size=(5, 4)).astype(np.float32),
    np.zeros(5, np.float32),
    (1, 1),
    (1, 1),
    (1, 1),
    1,
    "in",
    "between",
)


def worked(difference=0.0):
    rng = np.random.default_rng(3)
    filtered = rng.normal(size=4).astype(np.float32)
    mixed = filtered * PARTS.pointwise[2]
    value = float(mixed.sum())
    steps = (Step("conv", "added up", value, value + difference), Step("<b>relu", "cut", 0.0, 0.0))
    return Worked(rng.normal(size=(4, 3, 3)).astype(np.float32), filtered, mixed, 0.0, steps)


def test_the_steps_add_up_and_names_are_text():
    page = separable.steps_html(worked(), PARTS, 2, np.zeros((4, 6, 6), np.float32))
    assert "<b>relu" not in page
    assert "&lt;b&gt;relu" in page
    assert "✗" not in page
    table = separable.table(worked(), PARTS, 2)
    assert np.allclose(table["after_depthwise"] * table["pointwise_weight"], table["product"])


def test_a_figure_that_is_not_the_networks_own_is_marked():
    page = separable.steps_html(worked(0.01), PARTS, 2, np.zeros((4, 6, 6), np.float32))
    assert "✗" in page


def test_kernels_and_weights_are_drawn_for_every_channel():
    assert separable.kernels(PARTS, 0).shape[1] == 4 * (3 * 9 + 4)
    assert separable.mixing(PARTS, 4).shape[:2] == (5 * 6, 4 * 6)


def test_the_same_patch_has_no_distance_and_the_opposite_one_the_largest():
    one = {"a": np.ones((3, 3, 2), np.float32), "b": np.ones(4, np.float32)}
    other = {"a": -np.ones((3, 3, 2), np.float32), "b": np.zeros(4, np.float32)}
    assert pair.distances(one, one, ["a", "b"])["distance"].tolist() == [0, 0]
    assert pair.distances(one, other, ["a", "b"])["distance"].tolist() == pytest.approx([1, 1])


def test_the_channels_that_differ_most_come_first_and_the_difference_is_a_less_b():
    one = np.zeros((4, 4, 20), np.float32)
    other = one.copy()
    one[..., 7], other[..., 3] = 2, 1
    picked = pair.most_different(one, other)
    assert picked[:2] == [7, 3]
    assert len(picked) == pair.SHOWN
    a, b, difference = pair.strips(one, other, picked)
    assert a.shape == b.shape == difference.shape
    more, less = difference[10, 10].astype(int), difference[10, pair.SIDE + 14].astype(int)
    assert more[1] > more[0]  # teal: more in A
    assert less[0] > less[2]  # brown: more in B


def test_a_channel_over_its_patch_hides_nothing_where_it_is_silent():
    values = np.zeros((5, 5, 2), np.float32)
    values[0, 0, 1] = 3
    maps = channels_of(values)
    silent, loud = laid_over(PATCH, maps, 0), laid_over(PATCH, maps, 1)
    assert np.array_equal(silent[60:], loud[60:])
    assert not np.array_equal(silent[:60, :60], loud[:60, :60])
    flat = channels_of(np.ones(4, np.float32))
    assert np.array_equal(laid_over(PATCH, flat, 0), silent)


def test_the_score_curve_is_marked_by_prediction():
    kind = PERTURBATIONS["blur"]
    scores = np.linspace(0, 1, len(kind.values), dtype=np.float32)
    table = robustness.score_table(kind, scores, 0.5, USUAL)
    assert table["prediction"].tolist() == ["predicted no IDC"] * 3 + ["predicted IDC"] * 3
    assert "walk" in robustness.score_curve(table, 0.5, 1.0, USUAL)["datasets"]
    raster = Raster(positive="tumour", negative="stroma")
    table = robustness.score_table(kind, scores, 0.5, raster)
    predictions = ["predicted tumour", "predicted stroma"]
    assert table["prediction"].tolist() == [predictions[1]] * 3 + [predictions[0]] * 3
    points = robustness.score_curve(table, 0.5, 1.0, raster)["layer"][-1]["encoding"]
    for channel in ("color", "shape"):
        assert points[channel]["scale"]["domain"] == predictions


def test_pictures_can_be_saved():
    drawn = evidence.sheet(PATCH, [of_signed("one", SIGNED)])
    stream = io.BytesIO()
    Image.fromarray(drawn).save(stream, "PNG")
    assert stream.tell() > 100
