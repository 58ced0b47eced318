"""Histogram and curves as data: what is in the tables, and what stays the same."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.charts.curves import (
    bins_of,
    histogram_chart,
    histogram_table,
    precision_recall,
    roc,
    with_point,
    workload,
)
from idc_core.metrics.bands import Band
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL, Raster

TUMOUR = Raster(positive="tumour", negative="stroma")
LABELS = np.tile([0, 1, 1], 200)


@pytest.fixture
def ranked():
    return Ranked(LABELS, np.random.default_rng(4).random(600))


def text(spec):
    return {name: part for name, part in spec.items() if name != "datasets"}


@pytest.mark.parametrize("threshold", [0.0, 0.02, 0.333, 0.5, 1.0])
def test_the_four_areas_hold_the_four_counts(ranked, threshold):
    table = histogram_table(ranked, threshold)
    counts = ranked.counts(threshold)
    areas = table.groupby("outcome")["patches"].sum().abs().to_dict()
    for outcome in ("tp", "fn", "fp", "tn"):
        assert areas.get(outcome, 0) == getattr(counts, outcome)


def test_scores_on_the_edges_are_counted_on_their_own_side():
    ranked = Ranked([1, 1, 0, 0], [1.0, 0.5, 0.5, 0.0])
    for threshold in (0.5, 1.0):
        areas = histogram_table(ranked, threshold).groupby("outcome")["patches"].sum().abs()
        counts = ranked.counts(threshold)
        assert areas.get("tp", 0) == counts.tp
        assert areas.get("fp", 0) == counts.fp
        assert areas.sum() == 4


def test_no_bin_reaches_over_the_threshold(ranked):
    table = histogram_table(ranked, 0.333)
    assert ((table["high"] <= 0.333) | (table["low"] >= 0.333)).all()
    assert set(table.loc[table["low"] >= 0.333, "outcome"]) <= {"tp", "fp"}


def test_patches_without_idc_point_downwards(ranked):
    table = histogram_table(ranked, 0.4)
    assert (table.loc[table["outcome"].isin(["tp", "fn"]), "patches"] > 0).all()
    assert (table.loc[table["outcome"].isin(["fp", "tn"]), "patches"] < 0).all()


def frame(table):
    return table.to_pandas()


def test_the_point_stands_where_it_is_put(ranked):
    counts = ranked.counts(0.6)
    spec = with_point(roc(ranked.curve, USUAL), 1 - counts.specificity, counts.sensitivity, 0.6)
    point, line = frame(spec["datasets"]["now"]).iloc[0], frame(spec["datasets"]["line"])
    assert point["threshold"] == 0.6
    near = line.iloc[(line["threshold"] - 0.6).abs().argmin()]
    assert near["across"] == pytest.approx(point["across"], abs=0.01)
    assert near["up"] == pytest.approx(point["up"], abs=0.01)


def test_the_dashed_line_of_precision_is_the_prevalence(ranked):
    beside = frame(precision_recall(ranked.curve, USUAL, ranked.prevalence).beside)
    assert beside["up"].unique() == pytest.approx([2 / 3])


def test_an_undefined_precision_has_no_point(ranked):
    counts = ranked.counts(1.0)
    assert counts.tp + counts.fp == 0
    drawn = precision_recall(ranked.curve, USUAL, ranked.prevalence)
    spec = with_point(drawn, counts.sensitivity, counts.precision, 1.0)
    assert not len(spec["datasets"]["now"])


def test_moving_the_threshold_changes_tables_and_not_the_specification(ranked):
    def specs(threshold):
        counts = ranked.counts(threshold)
        return (
            histogram_chart(histogram_table(ranked, threshold), bins_of(ranked), threshold, USUAL),
            with_point(
                roc(ranked.curve, USUAL), 1 - counts.specificity, counts.sensitivity, threshold
            ),
        )

    for before, after in zip(specs(0.3), specs(0.7), strict=True):
        assert text(before) == text(after)
        assert not before["datasets"]["now"].equals(after["datasets"]["now"])


def test_each_area_of_the_histogram_has_its_letters_on_its_side_of_the_threshold(ranked):
    layers = histogram_chart(histogram_table(ranked, 0.6), bins_of(ranked), 0.6, USUAL)["layer"]
    letters = {
        layer["encoding"]["text"]["value"]: (layer["mark"]["align"], layer["mark"]["baseline"])
        for layer in layers
        if "value" in layer["encoding"].get("text", {})
    }
    assert letters == {
        "TP": ("left", "top"),
        "FN": ("right", "top"),
        "FP": ("left", "bottom"),
        "TN": ("right", "bottom"),
    }


def test_the_work_is_the_share_of_patches_called(ranked):
    counts, line = ranked.counts(0.6), frame(workload(ranked.curve, USUAL, ranked.prevalence).line)
    near = line.iloc[(line["threshold"] - 0.6).abs().argmin()]
    assert near["across"] == pytest.approx((counts.tp + counts.fp) / 600, abs=0.01)
    assert near["up"] == pytest.approx(counts.sensitivity, abs=0.01)


def test_a_perfect_order_finds_all_when_as_many_are_looked_at_as_there_are(ranked):
    beside = frame(workload(ranked.curve, USUAL, ranked.prevalence).beside)
    perfect = beside[beside["which"] == "perfect"]
    assert (perfect["across"].tolist()[1], perfect["up"].tolist()[1]) == (pytest.approx(2 / 3), 1)


def test_the_band_is_drawn_where_it_is_given_and_defined(ranked):
    band = Band(np.array([0.0, 0.5, 1.0]), np.array([0.0, np.nan, 1.0]), np.array([0.2, 0.7, 1.0]))
    assert frame(roc(ranked.curve, USUAL, band).band)["low"].tolist() == [0.0, 1.0]
    assert frame(roc(ranked.curve, USUAL).band).empty


def test_axes_and_areas_are_named_as_the_store_names_its_classes(ranked):
    found = "share of tumour found (sensitivity)"
    assert roc(ranked.curve, TUMOUR).axes[1] == found
    assert precision_recall(ranked.curve, TUMOUR, ranked.prevalence).axes == (
        found,
        "positive predictions that are tumour (precision)",
    )
    assert workload(ranked.curve, TUMOUR, ranked.prevalence).axes == (
        "share of patches reviewed (predicted tumour)",
        found,
    )
    for odds in (False, True):
        bins = replace(bins_of(ranked), odds=odds)
        spec = histogram_chart(histogram_table(ranked, 0.6), bins, 0.6, TUMOUR)
        areas = spec["layer"][0]["encoding"]
        assert areas["y"]["title"] == "stroma  ←  patches  →  tumour"
        assert set(spec["datasets"]["areas"]["what"]) == set(areas["color"]["scale"]["domain"])
        assert areas["color"]["scale"]["domain"][:2] == ["tumour found", "missed tumour"]
    assert roc(ranked.curve, USUAL).axes[1] == "share of IDC found (sensitivity)"


def test_a_curve_keeps_its_axes_while_its_point_goes_from_corner_to_corner(ranked):
    """A point beyond the axes takes room from them: two that nobody sees keep it for it."""
    layers = with_point(roc(ranked.curve, USUAL), 0.0, 1.0, 0.6)["layer"]
    [corners] = [layer for layer in layers if "sequence" in layer.get("data", {})]
    point = next(layer for layer in layers if layer.get("name") == "now")
    assert corners["data"]["sequence"]["stop"] == 2
    assert corners["mark"]["size"] == point["mark"]["size"]
    assert corners["mark"]["color"] == "transparent"


def test_the_axes_of_the_histogram_are_those_of_its_bins_without_the_threshold(ranked):
    """The threshold may split the largest bin: the axis would grow while it moves."""
    bins = bins_of(ranked)
    for threshold in (0.0, 0.313, 1.0):
        table = histogram_table(ranked, threshold)
        whole = histogram_chart(table, bins, threshold, USUAL)["datasets"]["whole"]
        assert whole["left"].tolist() == [0, 1]
        assert whole["patches"].tolist() == [max(bins.positive), -max(bins.negative)]
        assert table["patches"].between(whole["patches"].min(), whole["patches"].max()).all()
    assert sum(bins.positive) == len(ranked.positive)
    assert sum(bins.negative) == len(ranked.negative)


@pytest.mark.parametrize(
    ("threshold", "said"), [(0.2, ("threshold 0.200", "")), (0.9, ("", "threshold 0.900"))]
)
def test_the_threshold_is_said_on_the_side_of_its_line_where_there_is_room(ranked, threshold, said):
    table = histogram_table(ranked, threshold)
    now = histogram_chart(table, bins_of(ranked), threshold, USUAL)["datasets"]["now"]
    assert (now["said"][0], now["said_before"][0]) == said
