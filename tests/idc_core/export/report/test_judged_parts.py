"""Calibration, decision and subgroups in the report, on sets small enough to count by hand."""

import re

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.evaluation import INTERVAL
from idc_core.export.pages import markup
from idc_core.export.report import figures
from idc_core.export.report.calibration import reliability
from idc_core.export.report.decision import decision_curve, said
from idc_core.export.report.markup import written
from idc_core.export.report.methods import methods
from idc_core.export.report.split_rows import split_rows
from idc_core.export.report.subgroups import subgroups
from idc_core.io import record
from idc_core.metrics import clinic, coverage
from idc_core.metrics.calibration_fit import fitted
from idc_core.metrics.catalogue import judged_by
from idc_core.metrics.coverage_reached import PATIENTS, REACHED
from idc_core.records.ledger import OperatingPoint
from idc_core.records.raster import USUAL, Raster
from idc_core.records.report import Report, SplitFigures

TUMOUR = Raster(positive="tumour", negative="stroma")


def words(blocks):
    page = markup(blocks if isinstance(blocks, list) else [blocks])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def made(patients=24, each=40, seed=3):
    rng = np.random.default_rng(seed)
    n = patients * each
    scores = rng.beta(0.6, 1.0, n)
    return pd.DataFrame(
        {
            "patient": np.repeat([f"p{one:02}" for one in range(patients)], each),
            "x": np.tile(np.arange(each) * 50 + 1, patients),
            "y": 1,
            "label": (rng.random(n) < scores).astype(np.int8),
            "score": scores,
            "split": "test",
        }
    )


@pytest.fixture(scope="module")
def found():
    return split_rows(made(), "test", 0.4)


def test_rows_and_counts_agree_whatever_order_the_table_has():
    mixed = split_rows(made().sample(frac=1, random_state=1), "test", 0.4)
    assert mixed.rows["label"].tolist() == mixed.patients.labels.tolist()
    assert mixed.rows["score"].tolist() == mixed.patients.scores.tolist()


def test_a_bin_holds_its_own_patches():
    rows = pd.DataFrame(
        {
            "patient": list("aabb"),
            "label": np.int8([0, 1, 0, 1]),
            "score": [0.01, 0.95, 0.03, 0.99],
            "split": "test",
        }
    )
    bins = split_rows(rows, "test", 0.5).calibrated.bins
    assert bins["score"].tolist() == pytest.approx([0.02, 0.97])
    assert bins["share"].tolist() == [0, 1]
    assert bins["patches"].tolist() == [2, 2]


def test_calibration_is_drawn_and_its_figures_stand_with_intervals(found, charts):
    page, own = words(reliability(found, charts, USUAL)), found.patients
    fit = fitted(own.labels, own.scores, own.owner, 24)
    assert "Reliability diagram" in page
    for each in (fit.in_the_large, fit.off, fit.slope, fit.joint_intercept):
        assert written(each) in page
    assert "no interval holds" in page
    named = words(reliability(found, charts, TUMOUR))
    assert "Mean score − share of tumour (0 is ideal)" in named
    assert "Mean score − share of IDC (0 is ideal)" in page


def test_the_decision_curve_stands_against_all_and_none(found, charts):
    page, own = (
        words(decision_curve(found, charts, USUAL)),
        clinic.benefit(found.patients.at(0.4), 0.4),
    )
    assert "treating all" in page
    assert "treating none" in page
    assert f"above treating none is {written(own.over_none, 3)}" in page
    assert f"it is {written(own.over_all, 3)}" in page
    assert own.over_none.low > 0
    assert "better than treating none" in said(found)


def test_one_class_is_said_and_nothing_is_drawn(charts):
    alone = split_rows(made().assign(label=np.int8(0)), "test", 0.4)
    assert "one class only" in words(reliability(alone, charts, USUAL))
    assert "one class only" in words(decision_curve(alone, charts, USUAL))


def test_slices_that_are_alike_have_none_named_and_the_guard_is_told(found):
    page = words(subgroups(found, None))
    assert "No subgroup is shown to be below the rest." in page
    assert "judged together (max-t over patients)" in page
    assert "Patient&#39;s share of IDC: 30–60 %" in page
    assert "Patient&#39;s share of tumour: 30–60 %" in words(subgroups(found, None, TUMOUR))


NONE = dict.fromkeys(("tn", "fp", "fn", "tp"), 0)


def test_every_figure_of_the_report_says_how_well_its_interval_holds(found, charts, monkeypatch):
    monkeypatch.setattr(coverage, "REACHED", {name: (87,) * len(PATIENTS) for name in REACHED})
    note = "(interval holds about 87 % with so few patients)"
    one = {"value": 0.5, "low": 0.4, "high": 0.6}
    split = {
        "n_patches": 100,
        "n_idc": 28,
        "n_patients": 24,
        "pooled": {name: one for name in (each.key for each in judged_by()) if name != "ece"},
        "per_patient": {
            "sensitivity": {"n_patients": 9, "mean": one, "median": one},
        },
    }
    split = record.of(SplitFigures, split | {"confusion": NONE}, "here")
    page = words(figures.headlines(split, USUAL))
    assert page.count("0.50 [0.40–0.60]") == page.count(f"0.50 [0.40–0.60] {note}") == 13
    assert words(figures.beside({"test": split}, USUAL)).count(note) == 5
    assert words(reliability(found, charts, USUAL)).count(note) == 5
    assert said(found).count(note) == 2


def test_prevalence_and_the_mean_of_patients_stand_in_the_table():
    one = {"value": 0.5, "low": 0.4, "high": 0.6}
    split = {
        "n_patches": 100,
        "n_idc": 28,
        "n_patients": 40,
        "pooled": {"f1": one, "sensitivity": one},
        "per_patient": {
            "f1": {
                "n_patients": 31,
                "mean": {"value": 0.7, "low": 0.6, "high": 0.8},
                "median": {"value": 0.8, "low": 0.7, "high": 0.9},
            }
        },
    }
    split = record.of(SplitFigures, split | {"confusion": NONE}, "here")
    page = words(figures.headlines(split, USUAL))
    assert (
        "F1 (at a prevalence of 28.0 %) 0.50 [0.40–0.60] 0.70 [0.60–0.80] 0.80 [0.70–0.90] – 31"
        in page
    )
    assert "Sensitivity (IDC found) 0.50" in page
    named = words(figures.headlines(split, TUMOUR))
    assert "Sensitivity (tumour found) 0.50" in named
    assert "Precision (positive predictions that are tumour)" in named
    assert "IDC" not in named + words(figures.beside({"test": split}, TUMOUR))


def reported(made):
    point = OperatingPoint(threshold=0.5)
    return Report(threshold=0.5, interval=made, splits={}, operating_point=point)


def test_each_kind_of_interval_is_named_and_a_report_of_another_version_is_told_apart():
    page = words(methods(reported(INTERVAL)))
    for each in (
        "Medians of patients binomial order statistics",
        "Bars of the reliability diagram percentiles of 2,000 resamples",
        "Expected calibration error, worst patient none",
        "joint bounds of sensitivity, specificity and balanced accuracy",
        "as if one more came",
    ):
        assert each in page
    assert "another version" not in page
    assert "recorded as: the old way" in words(methods(reported("the old way")))
