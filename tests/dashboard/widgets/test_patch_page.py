"""The head of pages about a patch: what it says of it, and which pages need layers."""

import pytest

from dashboard.charts.patches import PatchFacts
from dashboard.widgets import patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.io.files import read_json, write_json
from idc_core.records.raster import Raster

WITHOUT = "which does not say which of its tensors are layers"


@pytest.fixture
def from_elsewhere(own_run):
    """The network came as ONNX."""
    known = read_json(own_run / "run.json")
    source = {"kind": "onnx", "file": "theirs.onnx"}
    write_json(own_run / "run.json", known | {"model_source": source})
    return own_run


@pytest.mark.parametrize("view", ["network/maps", "network/steps"])
def test_pages_about_layers_say_that_none_are_known(from_elsewhere, app, view):
    assert WITHOUT in app(run="small").open(view).text


@pytest.mark.parametrize("view", ["robustness", "network/evidence"])
def test_pages_that_need_no_layers_open(from_elsewhere, app, view):
    page = app(run="small").open(view)
    assert not page.failed
    assert WITHOUT not in page.text
    assert "predicted" in page.text


def test_the_patch_is_said_with_label_score_prediction_and_outcome(monkeypatch):
    monkeypatch.setattr(patch_page, "threshold", lambda: 0.5)
    raster = Raster(positive="tumour", negative="stroma")
    chosen = Chosen(None, PatchFacts("a_b.png", label=1), "an uploaded patch")
    assert patch_page.sentence(chosen, 0.25, raster) == (
        r"a\_b\.png (an uploaded patch): labelled tumour, score **0.250**, predicted stroma at "
        "0.500 – **missed tumour**"
    )
    unknown = Chosen(None, PatchFacts("a.png"), "an uploaded patch")
    assert patch_page.sentence(unknown, 0.75, raster).endswith("predicted tumour at 0.500")
