"""Reliability diagrams as data: what is drawn faint, what lies beside."""

import pandas as pd

from dashboard.charts.calibration import FEW, counts_chart, patients_chart, reliability_chart
from idc_core.records.raster import USUAL, Raster

BINS = pd.DataFrame(
    {
        "low_edge": [0.0, 0.5],
        "high_edge": [0.5, 1.0],
        "score": [0.2, 0.8],
        "share": [0.1, 0.9],
        "low": [0.0, 0.7],
        "high": [0.2, 1.0],
        "patches": [FEW, FEW - 1],
        "idc": [3, 26],
        "patients": [4, 3],
    }
)


def test_bins_of_few_patches_are_faint():
    drawn = reliability_chart(BINS, None, USUAL)["datasets"]["bins"]
    assert drawn["enough"].tolist() == ["many patches", f"fewer than {FEW}"]


def test_a_map_lies_beside_what_is_shown():
    alone, both = reliability_chart(BINS, None, USUAL), reliability_chart(BINS, BINS, USUAL)
    assert len(both["datasets"]["bins"]) == 2 * len(alone["datasets"]["bins"])
    assert both["datasets"]["bins"]["kind"].nunique() == 2


def test_counts_and_patients_are_drawn_as_given():
    assert counts_chart(BINS, USUAL)["datasets"]["held"]["patches"].sum() == 2 * FEW - 1
    gaps = pd.DataFrame(
        {
            "patient": ["a"],
            "gap": [0.1],
            "score": [0.4],
            "share": [0.3],
            "patches": [9],
            "place": [0],
        }
    )
    assert patients_chart(gaps, USUAL)["datasets"]["patients"] is gaps


def titles(part):
    """Every title of a specification, of axes and of tooltips."""
    if isinstance(part, list):
        return {title for each in part for title in titles(each)}
    if not isinstance(part, dict):
        return set()
    own = {part["title"]} if isinstance(part.get("title"), str) else set()
    return own | titles(list(part.values()))


def test_shares_are_of_the_class_that_the_store_looks_for():
    for raster, name in ((USUAL, "IDC"), (Raster(positive="tumour", negative="stroma"), "tumour")):
        drawn = titles(reliability_chart(BINS, BINS, raster))
        assert {f"share of {name} in the bin", f"share of {name}"} < drawn
        assert name in titles(counts_chart(BINS, raster))
        gaps = titles(patients_chart(BINS, raster))
        assert {f"mean score − share of {name}", f"share of {name}"} < gaps
