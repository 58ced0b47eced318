"""A network that came as ONNX: pages about its layers say why there are none, the rest answers."""

import onnx
import pytest

from dashboard.charts.report import CHARTS
from idc_core.data.stores.store import open_store
from idc_core.export.html import report_page
from idc_core.interpret.channels.analyse import analyse
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run
from idc_core.score.foreign.onnx_child import convert
from idc_core.score.foreign.reading import reading_of
from idc_core.score.scoring import Scorer
from tests.their_network import by_brightness


def network() -> onnx.ModelProto:
    """Darker is more like IDC."""
    return by_brightness(-0.05, 22.0)


@pytest.fixture
def onnx_run(own_run, tmp_path):
    """The run of the small world with such a network in it."""
    (tmp_path / "theirs.onnx").write_bytes(network().SerializeToString())
    convert(tmp_path / "theirs.onnx", own_run, reading_of(), None)
    (own_run / "model.keras").unlink(missing_ok=True)
    info = read_json(own_run / "run.json")
    for name in ("config", "trained_on"):
        info.pop(name, None)
    info |= {"status": "imported", "model_source": {"file": "theirs.onnx", "kind": "onnx"}}
    write_json(own_run / "run.json", info)
    return own_run


@pytest.mark.parametrize(
    "view", ["network/maps", "network/channels", "network/pair", "network/steps"]
)
def test_a_page_about_layers_says_why_there_are_none(onnx_run, app, view) -> None:
    page = app(run="small", threshold="0.5").open(view)
    assert not page.failed
    assert "This network came as ONNX (theirs.onnx)" in page.text.replace("\\", "")


@pytest.mark.parametrize(
    "view", ["overview", "score/patches", "robustness", "similar", "labels", "training", "patients"]
)
def test_the_other_pages_open(onnx_run, app, view) -> None:
    assert not app(run="small", threshold="0.5").open(view).failed


def test_occlusion_is_shown_and_gradients_are_said_to_be_missing(onnx_run, app) -> None:
    page = app(run="small", threshold="0.5").open("network/evidence")
    assert not page.failed
    cards = str(page.panel("evidence_cards"))
    assert "This network came as ONNX (theirs.onnx), which holds no gradients" in cards
    assert "Traceback" not in page.text


def test_the_report_says_why_layers_are_missing(onnx_run, own_world) -> None:
    page = report_page(open_run(onnx_run), open_store(own_world / "data" / "tiny"), CHARTS)
    assert page.count("Not shown: this network came as ONNX (theirs.onnx)") == 2


def test_channels_are_not_measured(onnx_run, own_world) -> None:
    store = open_store(own_world / "data" / "tiny")
    with pytest.raises(Refusal, match=r"came as ONNX \(theirs\.onnx\)"):
        analyse(open_run(onnx_run), store, Scorer(onnx_run / "model.onnx"), lambda *_: None)
