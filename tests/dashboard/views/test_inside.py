"""The pages about the network's inside, driven as a user would."""

import shutil
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import predictions, runs, stores
from dashboard.state.queue import queue
from dashboard.views.network.evidence import cache
from idc_core.interpret.channels.analyse import analyse
from idc_core.interpret.explain.process import GradientProcess
from idc_core.io.paths import REPOSITORY
from idc_core.score.scoring import Scorer
from tests.worked_off import work_off

PATCH = {"patient": "10253", "patch": "x1151_y501", "threshold": "0.5"}
DEMO = REPOSITORY / "models" / "demo"


@pytest.fixture
def deep_run(own_run):
    """A run with the demo's network, which has separable convolutions and short cuts."""
    for name in ("model.onnx", "model.keras"):
        shutil.copyfile(DEMO / name, own_run / name)
    return own_run


def test_explain_shows_every_method_with_its_checks(deep_run, app):
    page = app(**PATCH).open("network/evidence")
    assert not page.failed
    said = page.text
    assert "for or against" not in said
    assert "10253" in said
    assert "does removing its evidence" in said
    assert "agree" in said  # the sentence on agreement
    assert len(page.at.get("vega_lite_chart")) == 2


def test_another_method_shows_its_own_curves(deep_run, app):
    page = app(**PATCH).open("network/evidence", method="occlusion")
    assert "**Occlusion: does removing" in page.text
    assert (
        "**Grad-CAM: does removing" in app(**PATCH).open("network/evidence", method="nonsense").text
    )


def test_layer_window_and_baseline_go_into_the_address(deep_run, app):
    page = app(**PATCH).open("network/evidence")
    page.at.selectbox(key="explain_layer").set_value("block2_res1_relu2").run()
    page.at.selectbox(key="explain_window").set_value("20").run()
    page.at.selectbox(key="explain_fill").set_value("white").run()
    assert page.query["layer"] == "block2_res1_relu2"
    assert page.query["window"] == "20"
    assert page.query["fill"] == "white"
    assert not page.failed


def test_errors_of_a_patient_are_averaged_and_their_number_said(deep_run, app):
    found = predictions.scores(runs.run("small"), "test").of("10253")
    missed = int(((found["label"] == 1) & (found["score"] < 0.5)).sum())
    assert missed
    page = app(**PATCH).open("network/evidence", over="fn")
    assert not page.failed
    table = cache.by_score(
        runs.run("small"),
        np.zeros((1, 50, 50, 3), np.uint8),
        cache.Setting("x", 10, "white"),
    )
    assert table.pro.shape == (10, 10)


def test_without_errors_of_that_kind_it_is_said(deep_run, app):
    page = app(**PATCH | {"threshold": "0"}).open("network/evidence", over="fn")
    assert any("no missed IDC" in each.value for each in page.at.info)


def test_without_a_keras_network_occlusion_still_answers(own_run, app):
    assert not (own_run / "model.keras").exists()
    page = app(**PATCH).open("network/evidence")
    assert not page.failed
    assert "**Occlusion: does removing" in page.text


def test_a_child_that_dies_leaves_the_page_standing(deep_run, app, monkeypatch):
    dead = GradientProcess(["false"])
    monkeypatch.setattr(cache, "process", lambda: dead)
    monkeypatch.setattr(cache, "digest", lambda patches: f"{time.time_ns()}")
    page = app(**PATCH).open("network/evidence")
    assert not page.failed
    assert "**Occlusion: does removing" in page.text


def test_steps_work_one_number_out(deep_run, app):
    page = app(**PATCH).open(
        "network/steps", layer="block1_sepconv1", channel="3", row="0", column="24"
    )
    assert not page.failed
    assert "Channel 3 at row 0, column 24" in page.text
    assert "block1_relu1" in page.text
    assert "✗" not in page.text
    page.at.number_input(key="choose_channel").set_value(5).run()
    assert "Channel 5 at" in page.text
    assert page.query["channel"] == "5"


def test_a_network_without_separable_convolutions_has_no_steps(own_run, app):
    assert "no separable convolution" in app(**PATCH).open("network/steps").text


@pytest.mark.parametrize("nonsense", [{"layer": "none"}, {"channel": "999"}, {"row": "-1"}])
def test_nonsense_in_the_address_is_left_out(deep_run, app, nonsense):
    for view in ("network/steps", "network/channels", "network/maps", "network/pair"):
        assert not app(**PATCH).open(view, **nonsense).failed


def test_a_channel_that_was_not_measured_names_the_command(deep_run, app):
    assert "analyse" in app(**PATCH).open("network/channels").text


def test_channels_are_measured_from_the_page_and_whoever_comes_sees_how_far_it_is(own_run, app):
    page = app(**PATCH).open("network/channels")
    page.at.button(key="channels_go").click().run()
    (job,) = queue().all()
    assert (job.kind, job.run, job.state) == ("channels", "small", "waiting")
    other = app(**PATCH).open("network/channels")
    (said,) = [each.proto.text for each in other.at.get("progress")]
    assert said == "Channels of small – waiting for its turn …"
    assert "No worker is running" in other.at.warning[0].value
    assert "channels_go" not in [each.key for each in other.at.button]
    work_off()
    other.at.run()
    assert "Single-channel AUC" in other.html
    assert not other.at.get("progress")


def test_channels_whose_measuring_was_refused_say_why_and_can_be_asked_for_again(own_run, app):
    page = app(**PATCH).open("network/channels")
    page.at.button(key="channels_go").click().run()
    (job,) = queue().all()
    queue().table.begin(job.id)
    queue().table.finish(job.id, "refused", "expected validation patches: there are none.")
    page.at.run()
    said = "\n".join(each.value for each in page.at.warning).replace("\\", "")
    assert "Channels of small: expected validation patches: there are none." in said
    assert not page.at.button(key="channels_go").proto.disabled


def test_a_measured_channel_says_what_it_is_worth(own_run, app):
    run = runs.run("small")
    store = stores.store_of(run)
    analyse(run, store, Scorer(own_run / "model.onnx"), lambda *step: None)
    page = app(**PATCH).open("network/channels")
    assert not page.failed
    assert "Single-channel AUC" in page.html
    assert "validation patches · 2 patients" in page.html
    assert "The 24 patches with the highest mean activation" in page.text
    table = page.frame("channel_table")
    assert {"single-channel AUC", "AUC lost without it", "remarks"} <= set(table.columns)
    assert (
        "Only 2 patients in validation: below 20, every interval here is unreliable." in page.html
    )


def test_pair_sets_an_error_beside_its_nearest_opposite(deep_run, app):
    page = app(**PATCH).open("network/pair")
    assert not page.failed
    assert "**A**" in page.text
    assert "**B**" in page.text
    assert "The 12 channels of" in page.text
    assert any(name.startswith("parting_") for name in page.charts())


def test_robustness_says_all_four_things(deep_run, app):
    page = app(**PATCH).open("robustness", change="blur", strength="3")
    assert not page.failed
    said = page.text
    assert "Mean of all eight" in said
    assert "Score against blur" in said
    assert "of 8" in said
    before = len(page.at.get("vega_lite_chart"))
    page.at.button(key="stress_measure").click().run()
    assert "No worker is running" in page.at.warning[0].value
    (job,) = work_off()
    assert (job.kind, job.name, job.state) == ("perturbation", "Blur", "done"), job.sentence
    page.at.run()
    assert len(page.at.get("vega_lite_chart")) > before
    assert "of the predictions change" in page.text
    assert "Only 2 patients in validation: below 20, every figure here is unreliable." in page.html


def test_quiz_says_the_answer_only_after_the_reader(deep_run, app):
    page = app(threshold="0.5").open("teaching")
    assert not page.failed
    assert "score is" not in page.text
    first = page.panel("quiz_keys")
    page.act(verdict="1", key="quiz_keys")
    assert "You said IDC" in page.text
    assert "score is" in page.text
    assert "1 patch: you" in page.text
    page.act("next", key="quiz_keys")
    assert "score is" not in page.text
    page.act(verdict="0", key="quiz_keys", about=first["about"])
    assert "1 patch: you" in page.text  # an answer to a question of before counts for nothing
    page.act(verdict="0", key="quiz_keys")
    assert "2 patches: you" in page.text
    page.act(verdict="1", key="quiz_keys")
    assert "2 patches: you" in page.text  # one question, one answer
    page.at.button(key="quiz_anew").click().run()
    assert "patches: you" not in page.text


def test_the_quizs_patch_is_not_given_away_by_the_address(deep_run, app):
    page = app(threshold="0.5").open("teaching")
    assert "patch" not in page.query
    assert set(page.panel("quiz_keys")["about"]) == {"run", "split", "seed", "at", "threshold"}
    assert isinstance(page.at, AppTest)
