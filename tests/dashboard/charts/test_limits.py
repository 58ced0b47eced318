"""Every band and every bar names its two ends; no mark says what it was not given to say."""

import json

import pandas as pd
import pytest

from dashboard.charts import calibration, curves, decision
from dashboard.views.compare import charts as compare
from dashboard.views.data import drift_chart as drift
from dashboard.views.failures.burden import charts as burden
from dashboard.views.failures.subgroups import charts as slices
from dashboard.views.network.evidence import charts as evidence
from dashboard.views.overview import published_chart as published
from dashboard.views.training import fold_chart as folds
from idc_core.records.raster import USUAL

MEASURES = pd.DataFrame(
    {
        "measure": ["hue"],
        "split": ["test"],
        "patients": [3],
        "apart": [0.1],
        "low": [-0.1],
        "high": [0.3],
        "Kolmogorov-Smirnov": [0.2],
    }
)
FOLDS = pd.DataFrame(
    {"fold": ["1"], "ROC-AUC": [0.8], "low": [0.7], "high": [0.9], "patients": [3], "patches": [9]}
)
DIFFERENCES = pd.DataFrame(
    {
        "metric": ["F1"],
        "a": [0.1],
        "b": [0.2],
        "difference": [10.0],
        "low": [1.0],
        "high": [19.0],
        "says": ["interval excludes 0"],
    }
)
OURS = {"value": 0.8, "low": 0.7, "high": 0.9}
CHARTS = {
    "ROC": lambda: curves._curve("false alarms", "sensitivity"),
    "decision": lambda: decision._decision(USUAL),
    "reliability": lambda: calibration._reliability(USUAL, two=True),
    "Bland-Altman": burden._differences,
    "evidence": lambda: evidence._logit_curve(restored=True),
    "slices": lambda: slices._slices("F1", 3),
    "compare": lambda: compare.difference_chart(DIFFERENCES),
    "drift": lambda: drift.apart(MEASURES).to_dict(),
    "folds": lambda: folds.dots(FOLDS).to_dict(),
    "published": lambda: published.published_chart(
        published.published_table("f1", OURS, "demo"), "f1"
    ).to_dict(),
}


def spanning(spec):
    """Layers drawn from `low` to `high`."""
    for layer in spec.get("layer", [spec]):
        fields = {
            part.get("field")
            for part in layer.get("encoding", {}).values()
            if isinstance(part, dict)
        }
        if {"low", "high"} <= fields:
            yield layer


@pytest.mark.parametrize("name", CHARTS)
def test_a_band_says_which_end_is_which(name):
    layers = list(spanning(CHARTS[name]()))
    assert layers
    for layer in layers:
        said = {
            tip["field"]: tip.get("title", tip["field"]) for tip in layer["encoding"]["tooltip"]
        }
        if "figure" in said:  # one text with both ends: 0.83 [0.78–0.88]
            continue
        assert said["low"].startswith("lower ")
        assert said["high"].startswith("upper ")


@pytest.mark.parametrize("name", CHARTS)
def test_a_mark_without_words_of_its_own_says_nothing(name):
    config = CHARTS[name]()["config"]["mark"]
    assert config["tooltip"] is None
    assert '"tooltip": null' in json.dumps(config)


def test_the_lower_limit_of_the_roc_band_is_not_called_sensitivity():
    (band,) = spanning(curves._curve("false alarms", "sensitivity"))
    said = {tip["field"]: tip["title"] for tip in band["encoding"]["tooltip"]}
    assert said == {
        "across": "false alarms",
        "low": "lower 95 % limit of: sensitivity",
        "high": "upper 95 % limit of: sensitivity",
    }
