"""A network is exchanged under a running server: pages answer with the new one, and what the old
one scored is neither shown nor kept as the new one's."""

import os

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from dashboard.cache import networks
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer
from tests.dashboard.views.score.slide.test_page import (
    NAMED,
    brought,
    scored,
    until,
    zipped,
)

EXCHANGED = "was scored by a network that small had before: it was exchanged since"


def exchange(run, weights):
    """Another network of as many bytes, with the time of the old one, as `cp -p` leaves it: the
    named weights have the other sign."""
    file = run / "model.onnx"
    before, model = file.stat(), onnx.load(file)
    for held in model.graph.initializer:
        if held.name in weights:
            other = numpy_helper.from_array(-numpy_helper.to_array(held), held.name)
            held.CopyFrom(other)
    file.write_bytes(model.SerializeToString())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def said(app):
    assert not app.exception
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def test_the_network_of_a_run_is_the_one_that_lies_there_now(live_run):
    before = networks.scorer(open_run(live_run))
    exchange(live_run, {"weigh", "bias"})
    now = networks.scorer(open_run(live_run))
    assert before.sha256 != now.sha256 == Scorer(live_run / "model.onnx").sha256
    patches = np.full((1, 50, 50, 3), 20, np.uint8)
    assert before.score(patches) + now.score(patches) == pytest.approx(1)


def test_live_prediction_answers_with_the_new_network(live_run, app):
    opened = app().open("score/patches").at
    before = int(said(opened.run()).partition("**")[2].partition(" of 12")[0])
    exchange(live_run, {"weigh", "bias"})
    after = int(said(opened.run()).partition("**")[2].partition(" of 12")[0])
    assert 0 < before < 12
    assert after == 12 - before


def test_feature_maps_are_those_of_the_new_network(live_run, app):
    opened = app(patient="08001", patch="x551_y1").open("network/maps").at
    assert "**IDC found**" in said(opened.run())
    exchange(live_run, {"weigh", "bias"})
    assert "**missed IDC**" in said(opened.run())


def test_a_slide_that_the_old_network_scored_is_neither_shown_nor_kept(own_run, app):
    page = until(scored(app), lambda page: "with tissue predicted IDC" in page.text)
    assert page.at.text_input(key="name_slide")
    exchange(own_run, {"head"})
    page.at.run()
    assert not page.failed
    assert EXCHANGED in page.at.warning[0].value
    assert "with tissue predicted IDC" not in page.text
    assert not [each for each in page.at.text_input if each.key == "name_slide"]


def test_a_zip_that_the_old_network_scored_is_neither_shown_nor_kept(own_run, app):
    page = until(brought(app, zipped(NAMED)), lambda page: "patches predicted IDC" in page.text)
    exchange(own_run, {"head"})
    page.at.run()
    assert EXCHANGED in page.at.warning[0].value
    assert "patches predicted IDC" not in page.text
