"""What is sent to the browser does not grow with the number of patients."""

import numpy as np
import pandas as pd
import pytest

from dashboard import pages
from dashboard.cache import spatial
from dashboard.charts import farthest
from idc_core.io.files import write_json, write_parquet
from idc_core.runs.run import PREDICTION_COLUMNS

FEW, MANY, EACH = 300, 5000, 8
CONSTANT = 20_000
"""Bytes that longer numbers and fuller pages of errors may take; the names of 5,000 patients alone
take 30,000 as the shortest of lists."""
DOTS = {"calibration": 1, "failures/burden": 2}
"""Charts of a view with a dot per patient, up to 1,000: 700 more than of few patients."""
EACH_DOT = 85
GROWING = (
    "patients",
    "calibration",
    "compare",
    "failures/burden",
    "failures/areas",
    "labels",
    "failures/subgroups",
)
"""Views that show patients one by one."""


def predictions(patients, seed):
    """Eight patches of each, in a row; two labelled IDC in three patients of four."""
    at = np.arange(patients * EACH)
    owner, place = at // EACH, at % EACH
    label = ((place < 2) & (owner % 4 > 0)).astype(np.int8)
    score = np.random.default_rng(seed).beta(2 + 2 * label, 4 - label).astype(np.float32)
    table = {
        "patient": [f"P{number:06}" for number in owner],
        "x": (1 + 50 * place).astype(np.int32),
    }
    table |= {"y": np.int32(1), "label": label, "split": "test", "score": score, "file": ""}
    return pd.DataFrame(table)[list(PREDICTION_COLUMNS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two runs of few patients and two of many, each two on the same patches."""
    root = tmp_path_factory.mktemp("many")
    for name, patients in (("few", FEW), ("many", MANY)):
        for seed, run in enumerate((name, f"{name}-b")):
            place = root / "models" / run
            write_parquet(place / "predictions.parquet", predictions(patients, seed))
            write_json(place / "run.json", {"status": "imported"})
    return root


@pytest.fixture
def sent(settle, folder, app, monkeypatch):
    """Bytes of all that a view of a run is made of."""
    settle(folder)
    monkeypatch.setattr(
        spatial, "whole_patients", lambda run, split: frozenset(f"P{at:06}" for at in range(MANY))
    )

    def size(view, run):
        page = app(run=run, threshold="0.4", other=f"{run}-b").open(view)
        assert not page.failed
        return sum(each.proto.ByteSize() for each in drawn(page.at._tree))

    return size


def drawn(node):
    """The elements below a node of the page."""
    children = getattr(node, "children", None)
    if not children:
        return [node] if getattr(node, "proto", None) is not None else []
    return [each for child in children.values() for each in drawn(child)]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(each.key, marks=[] if each.key in GROWING else pytest.mark.long)
        for each in pages.VIEWS
    ],
)
def test_a_page_of_many_patients_sends_hardly_more_than_one_of_few(sent, view):
    few, many = sent(view, "few"), sent(view, "many")
    assert few > 20_000  # a whole page
    dots = (farthest.MOST - FEW) * EACH_DOT * DOTS.get(view, 0)
    assert many - few <= CONSTANT + dots, f"{few:,} and {many:,} bytes"


def test_a_chart_that_leaves_patients_out_says_which(sent, app):
    said = "Drawn: the 1,000 of 5,000 patients farthest from"
    for view in ("calibration", "failures/burden"):
        assert said in app(run="many", threshold="0.4").open(view).html
        assert said not in app(run="few", threshold="0.4").open(view).html
