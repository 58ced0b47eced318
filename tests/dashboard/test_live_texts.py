"""What a page says of a threshold is what its table says there: every text that follows it."""

import pytest

from dashboard.cache import predictions, runs
from idc_core.threshold_table.build import build

THRESHOLDS = ("0.0", "0.29", "0.613", "1.0")


@pytest.fixture
def told(full_run):
    found = predictions.scores(runs.run("small"), "test")
    table = build(found.patients, found.ranked, found.raster, "x")
    texts = {key: each.texts() for key, each in table.texts.items()}

    def at(threshold):
        index = table.grid.tolist().index(float(threshold))
        return {key: each[index] for key, each in texts.items()}

    return at


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_threshold_says_what_the_table_says(app, told, threshold):
    live = app(threshold=threshold).open("operating-point/threshold").live
    known = told(threshold)
    assert live == {key: known[key] for key in live}
    said = {
        "sensitivity.value",
        "sentence.alarms",
        "matrix.read",
        "workload.said",
        "rates.mcc.mean",
    }
    assert said <= set(live)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_clinical_use_says_what_the_table_says(app, told, threshold):
    live = app(threshold=threshold).open("operating-point/clinic").live
    known = told(threshold)
    # The browser computes what hangs on the prevalence too.
    live = {key: text for key, text in live.items() if not key.startswith("use.")}
    assert live == {key: known[key] for key in live}
    assert {"decision.said", "in_use.sensitivity"} <= set(live)
