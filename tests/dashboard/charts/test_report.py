"""The report's figures are the pages' charts, each with its words."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import report
from dashboard.charts.calibration import FEW
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL, Raster

RANKED = Ranked(np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.4, 0.5, 0.8, 0.9]))


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """What would be drawn, not drawn: that is `test_printed.py`."""
    specs = []
    monkeypatch.setattr(report, "svg", lambda spec: specs.append(spec) or "<svg/>")
    return specs


def words(spec):
    """Legend and labels of a specification."""
    layers = spec["layer"]
    legend = layers[-1]["encoding"].get("stroke", {}).get("scale", {}).get("domain", [])
    labels = [row["words"] for layer in layers for row in layer.get("data", {}).get("values", [])]
    return legend, list(dict.fromkeys(labels))  # each has a halo of the same words


def test_roc_and_precision_recall_carry_area_and_threshold(drawn):
    report.roc(RANKED, 0.45, USUAL)
    report.precision_recall(RANKED, 0.45, USUAL)
    (roc, at_roc), (recall, at_recall) = map(words, drawn)
    assert roc == [f"ROC, area {RANKED.roc_auc:.3f}", "chance"]
    assert recall == [f"average precision {RANKED.pr_auc:.3f}", "predicting IDC everywhere"]
    assert at_roc == at_recall == ["threshold 0.450"]


def test_where_nothing_is_called_precision_has_no_point(drawn):
    report.precision_recall(RANKED, 1.0, USUAL)
    assert words(drawn[0])[1] == []
    assert drawn[0]["datasets"]["now"] == []


def test_faint_bins_are_named_where_there_are_such(drawn):
    bins = pd.DataFrame(
        {"score": [0.1], "share": [0.2], "low": [0.1], "high": [0.3], "patches": [FEW]}
    )
    report.reliability(bins, USUAL)
    report.reliability(bins.assign(patches=FEW - 1), USUAL)
    many, few = (words(spec)[0] for spec in drawn)
    assert [*many, f"faint: fewer than {FEW} patches"] == few


def test_the_decision_curve_names_every_policy_and_the_band(drawn):
    curve = pd.DataFrame(
        {"chance": [0.1, 0.2], "model": 0.2, "low": 0.1, "high": 0.3, "all": [0.2, 0.1]}
    )
    report.decision_curve(curve, 0.2, USUAL)
    legend, labels = words(drawn[0])
    policies = {row["policy"] for row in drawn[0]["datasets"]["policies"]}
    assert policies < set(legend)
    assert "95 % limits of the model" in legend
    assert labels == ["threshold 0.200"]


def test_the_matrix_holds_the_counts(drawn):
    report.matrix(Confusion(tn=1111, fp=22, fn=33, tp=44), USUAL)
    cells = {row["outcome"]: row["said"] for row in drawn[0]["datasets"]["cells"]}
    assert cells == {"tp": "44", "fn": "33", "fp": "22", "tn": "1,111"}


def test_a_learning_curve_names_its_best_and_the_kept_epoch(drawn):
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": 0.5, "val_loss": [0.6, 0.4, 0.5]})
    report.learning_curve(history, "loss", "Loss", 3)
    report.learning_curve(history[["epoch", "loss"]], "loss", "Loss", None)
    assert words(drawn[0]) == (["validation", "train"], ["saved: epoch 3", "best: epoch 2"])
    assert words(drawn[1]) == (["train"], [])


def test_no_figure_tells_apart_by_colour_alone(drawn):
    """Entries of one legend differ in shape or dash."""
    report.roc(RANKED, 0.45, USUAL)
    history = pd.DataFrame({"epoch": [1, 2], "loss": 0.5, "val_loss": 0.4})
    report.learning_curve(history, "loss", "Loss", None)
    for spec in drawn:
        encoding = spec["layer"][-1]["encoding"]
        looks = zip(
            encoding["shape"]["scale"]["range"],
            map(tuple, encoding["strokeDash"]["scale"]["range"]),
            strict=True,
        )
        assert len(set(looks)) == len(encoding["shape"]["scale"]["domain"])


def test_every_figure_is_named_as_the_store_names_its_classes(drawn):
    raster = Raster(positive="tumour", negative="stroma")
    bins = pd.DataFrame(
        {"score": [0.1], "share": [0.2], "low": [0.1], "high": [0.3], "patches": [FEW]}
    )
    curve = pd.DataFrame(
        {"chance": [0.1, 0.2], "model": 0.2, "low": 0.1, "high": 0.3, "all": [0.2, 0.1]}
    )
    report.roc(RANKED, 0.45, raster)
    report.precision_recall(RANKED, 0.45, raster)
    report.reliability(bins, raster)
    report.decision_curve(curve, 0.2, raster)
    report.matrix(Confusion(tn=1111, fp=22, fn=33, tp=44), raster)
    legends = [words(spec)[0] for spec in drawn]
    assert legends[1][1] == "predicting tumour everywhere"
    assert legends[2][0] == "share of tumour per bin"
    assert legends[3][2:] == ["treat all (tumour everywhere)", "treat none (no tumour anywhere)"]
    assert not [spec for spec in drawn if "IDC" in str(spec)]
