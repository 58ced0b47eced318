"""Histogram and curves as data: what is in the tables, and what stays the same."""

import numpy as np
import pytest

from dashboard.charts.curves import (
    histogram_chart,
    histogram_table,
    pr_chart,
    roc_chart,
    workload_chart,
)
from idc_core.metrics.bands import Band
from idc_core.metrics.curves import Ranked

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


def test_the_point_lies_on_the_roc_curve(ranked):
    counts = ranked.counts(0.6)
    point = roc_chart(ranked.curve, counts, 0.6)["datasets"]["now"].iloc[0]
    assert point["across"] == pytest.approx(1 - counts.specificity)
    assert point["up"] == pytest.approx(counts.sensitivity)
    assert point["threshold"] == 0.6


def test_the_dashed_line_of_precision_is_the_prevalence(ranked):
    spec = pr_chart(ranked.curve, ranked.counts(0.6), 0.6, ranked.prevalence)
    assert spec["datasets"]["beside"]["up"].unique() == pytest.approx([2 / 3])


def test_an_undefined_precision_has_no_point(ranked):
    spec = pr_chart(ranked.curve, ranked.counts(1.0), 1.0, ranked.prevalence)
    assert ranked.counts(1.0).tp + ranked.counts(1.0).fp == 0
    assert spec["datasets"]["now"].empty


def test_moving_the_threshold_changes_tables_and_not_the_specification(ranked):
    def specs(threshold):
        counts = ranked.counts(threshold)
        return (
            histogram_chart(histogram_table(ranked, threshold), threshold),
            roc_chart(ranked.curve, counts, threshold),
            pr_chart(ranked.curve, counts, threshold, ranked.prevalence),
            workload_chart(ranked.curve, counts, threshold, ranked.prevalence),
        )

    for before, after in zip(specs(0.3), specs(0.7), strict=True):
        assert text(before) == text(after)
        assert not before["datasets"]["now"].equals(after["datasets"]["now"])


def test_the_work_is_the_share_of_patches_called(ranked):
    counts = ranked.counts(0.6)
    spec = workload_chart(ranked.curve, counts, 0.6, ranked.prevalence)
    now, line = spec["datasets"]["now"].iloc[0], spec["datasets"]["line"]
    assert now["across"] == pytest.approx((counts.tp + counts.fp) / 600)
    near = line.iloc[(line["threshold"] - 0.6).abs().argmin()]
    assert near["across"] == pytest.approx(now["across"], abs=0.01)
    assert near["up"] == pytest.approx(now["up"], abs=0.01)


def test_a_perfect_order_finds_all_when_as_many_are_looked_at_as_there_are(ranked):
    spec = workload_chart(ranked.curve, ranked.counts(0.6), 0.6, ranked.prevalence)
    beside = spec["datasets"]["beside"]
    perfect = beside[beside["which"] == "perfect"]
    assert (perfect["across"].tolist()[1], perfect["up"].tolist()[1]) == (pytest.approx(2 / 3), 1)


def test_the_band_is_drawn_where_it_is_given(ranked):
    band = Band(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.4, 1.0]), np.array([0.2, 0.7, 1.0]))
    drawn = roc_chart(ranked.curve, ranked.counts(0.6), 0.6, band)["datasets"]["band"]
    assert drawn["low"].tolist() == [0.0, 0.4, 1.0]
    assert roc_chart(ranked.curve, ranked.counts(0.6), 0.6)["datasets"]["band"].empty
