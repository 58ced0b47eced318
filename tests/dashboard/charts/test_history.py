"""Training over epochs, as data: which lines, which epoch is best, which events are flagged."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.history import (
    KINDS,
    Line,
    Look,
    history_figure,
    metrics_of,
    without_ring,
    words,
)
from idc_core.records.history import Event
from idc_core.train.history.repeats import seed_band


@pytest.fixture
def history(small_world):
    return small_world.history()


def lines(figure, mode="lines"):
    return [trace for trace in figure.data if trace.mode == mode or (trace.line.shape == "hv")]


def test_metrics_are_named_once_and_the_loss_comes_first(history):
    assert metrics_of(history.assign(val_ece=0.1, zeta=1)) == [
        "loss",
        "auc",
        "accuracy",
        "ece",
        "zeta",
    ]


def test_metrics_have_words():
    assert words("sensitivity_at_90_specificity") == "sensitivity at 90 % specificity"
    assert words("val_top_k") == "top k"


def test_every_metric_is_drawn_for_training_and_validation(history):
    figure = history_figure([Line("mine", history)], Look(["auc"]))
    named = [(line.name, line.line.dash) for line in figure.data]
    assert named == [
        ("mine · validation", "solid"),
        ("mine · train", "dot"),
        ("mine · validation", "solid"),
        ("mine · train", "dot"),
        ("mine · learning rate", None),
    ]
    assert list(figure.data[0].y) == pytest.approx(history["val_loss"].tolist())
    assert list(figure.data[3].y) == pytest.approx(history["auc"].tolist())
    assert {tuple(line.x) for line in figure.data} == {(1, 2, 3, 4, 5, 6)}


def test_smoothing_leaves_the_curve_as_it_was_faint_behind(history):
    figure = history_figure([Line("mine", history)], Look([], smoothing=0.5))
    faint = [trace for trace in figure.data if trace.opacity == 0.3]
    assert [trace.name for trace in faint] == ["mine · validation, raw", "mine · train, raw"]
    assert list(faint[0].y) == history["val_loss"].tolist()
    assert not any(trace.showlegend for trace in faint)
    smooth = next(trace for trace in figure.data if trace.name == "mine · validation")
    assert smooth.y[-1] != history["val_loss"].iloc[-1]
    assert list(smooth.customdata) == history["val_loss"].tolist()


def test_wall_time_is_minutes_of_training(history):
    look = Look([], axis="minutes")
    figure = history_figure([Line("mine", history)], look, kept=4, marked="mine")
    assert list(figure.data[0].x) == pytest.approx([10 * at / 60 for at in range(1, 7)])
    assert figure.layout.shapes[0].x0 == pytest.approx(40 / 60)
    assert figure.layout.xaxis2.title.text == "minutes of training"


def test_only_the_loss_gets_a_log_scale(history):
    figure = history_figure([Line("mine", history)], Look(["auc"], log_loss=True))
    assert (figure.layout.yaxis.type, figure.layout.yaxis2.type) == ("log", None)


def test_runs_laid_over_each_other_differ_in_colour(history):
    figure = history_figure([Line("one", history), Line("two", history)], Look())
    colours = {line.name.split(" ")[0]: line.line.color for line in figure.data}
    assert colours["one"] != colours["two"]


def test_the_learning_rate_is_a_step_on_the_same_axis(history):
    figure = history_figure([Line("mine", history)], Look(["auc"]))
    assert figure.data[-1].line.shape == "hv"
    assert (figure.layout.xaxis.matches, figure.layout.xaxis2.matches) == ("x3", "x3")
    assert figure.data[-1].xaxis == "x3"


def test_known_events_are_flagged_in_their_epoch_and_the_kept_epoch_is_ruled(history):
    events = [Event(epoch=3, kind="learning_rate_drop"), Event(epoch=5, kind="unknown")]
    figure = history_figure([Line("mine", history, events)], Look(), kept=4, marked="mine")
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    flags = [trace for trace in marks if not trace.name.startswith("best ")]
    assert [(flag.name, list(flag.x)) for flag in flags] == [("learning rate drops", [3])]
    assert all(shape.x0 == 4 for shape in figure.layout.shapes)
    said = [note.text for note in figure.layout.annotations]
    assert said.count("saved: epoch 4") == 1
    assert len(figure.layout.shapes) == 2


def test_a_resumed_run_has_a_seam_where_it_went_on(history):
    events = [Event(epoch=2, kind="resume"), Event(epoch=2, kind="resume")]
    figure = history_figure([Line("mine", history, events)], Look(), marked="mine")
    seams = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert {shape.x0 for shape in seams} == {2}
    assert len(seams) == 2  # one a panel, however often it was resumed there


def test_marks_are_those_of_the_run_they_name_or_are_not_drawn(history):
    """While a run's seeds are a band, its marks must not fall on another run's line."""
    other = Line("other", history, [Event(epoch=2, kind="resume")])
    figure = history_figure([other], Look(), kept=4, marked="mine")
    assert not figure.layout.shapes
    assert not [trace for trace in figure.data if trace.mode == "markers"]
    assert not [note for note in figure.layout.annotations if "kept" in str(note.text)]
    mine = Line("mine", history, [Event(epoch=3, kind="resume")])
    figure = history_figure([other, mine], Look(), kept=4, marked="mine")
    assert {shape.x0 for shape in figure.layout.shapes} == {3, 4}


def test_repeated_seeds_are_a_mean_between_two_edges(history):
    other = history.assign(val_loss=history["val_loss"] + 0.2)
    bands = {"a + b": {"val_loss": seed_band([history, other], "val_loss")}}
    figure = history_figure([], Look(["auc"]), bands=bands)
    low, high, mean = figure.data
    assert list(low.y) == pytest.approx(history["val_loss"].tolist())
    assert list(high.y) == pytest.approx(other["val_loss"].tolist())
    assert list(mean.y) == pytest.approx((history["val_loss"] + 0.1).tolist())
    assert mean.name == "a + b · mean of 2 seeds"
    assert high.fill == "tonexty"


def test_one_epoch_is_a_marker_as_a_line_needs_two():
    one = pd.DataFrame({"epoch": [1], "loss": [0.7], "val_loss": [0.8]})
    figure = history_figure([Line("mine", one)], Look())
    assert {trace.mode for trace in figure.data} == {"lines+markers"}


def test_without_seconds_nothing_is_marked_over_wall_time(history):
    table = history.drop(columns="seconds")
    figure = history_figure([Line("mine", table)], Look(axis="minutes"), kept=4)
    assert not figure.layout.shapes
    assert np.isnan(figure.data[0].x).all()


def test_one_wild_epoch_does_not_flatten_the_others():
    """Batch normalisation's first epoch: a loss of 5.6, then 0.5 for good."""
    table = pd.DataFrame(
        {
            "epoch": np.arange(1, 21),
            "loss": np.linspace(0.55, 0.4, 20),
            "val_loss": [5.6, *np.linspace(0.6, 0.5, 19)],
        }
    )
    wild = history_figure([Line("a", table)], Look())
    low, high = wild.layout.yaxis.range
    assert low < 0.4
    assert 0.6 < high < 1
    assert any("maximum 5.60" in str(each.text) for each in wild.layout.annotations)
    calm = history_figure([Line("a", table.assign(val_loss=0.6))], Look())
    assert calm.layout.yaxis.range is None
    logged = history_figure([Line("a", table)], Look(log_loss=True))
    assert logged.layout.yaxis.range is None


def test_each_panel_rings_the_best_epoch_of_its_own_metric_in_its_own_direction():
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "val_loss": [0.5, 0.3, 0.4],
            "val_auc": [0.7, 0.8, 0.9],
            "val_brier": [0.1, 0.2, 0.3],
            "val_best_threshold": [0.1, 0.5, 0.3],
        }
    )
    look = Look(["auc", "brier", "best_threshold"])
    figure = history_figure([Line("mine", history)], look, kept=3, marked="mine")
    rings = {
        each.name: (each.x[0], each.y[0]) for each in figure.data if each.name.startswith("best ")
    }
    assert rings == {"best loss": (2, 0.3), "best ROC-AUC": (3, 0.9), "best Brier score": (1, 0.1)}
    assert without_ring(history, ["loss", *look.shown]) == ["best_threshold"]


def test_a_ring_looks_like_no_flag_and_the_rule_is_the_kept_epoch_not_the_best():
    history = pd.DataFrame({"epoch": [1, 2, 3], "val_loss": [0.5, 0.3, 0.4]})
    events = [Event(epoch=at, kind=kind) for at, kind in enumerate(KINDS, start=1)]
    figure = history_figure([Line("mine", history, events)], Look(), kept=3, marked="mine")
    marks = {each.name: each.marker.symbol for each in figure.data if each.mode == "markers"}
    assert len(marks) == len(set(marks.values())) == len(KINDS) + 1
    (ring,) = (each for each in figure.data if each.name == "best loss")
    assert (ring.x[0], ring.marker.symbol) == (2, "circle-open")
    assert [note.text for note in figure.layout.annotations].count("saved: epoch 3") == 1


def test_the_worst_epoch_is_never_ringed_as_the_best():
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "val_loss": [0.5, 0.3, 0.4],
            "val_false_positive_rate": [0.5, 0.1, 0.2],
            "val_tone": [3.0, 1.0, 2.0],
        }
    )
    figure = history_figure(
        [Line("mine", history)], Look(["false_positive_rate", "tone"]), marked="mine"
    )
    rings = {each.name: each.x[0] for each in figure.data if each.name.startswith("best ")}
    assert rings == {"best loss": 2, "best false positive rate": 2}
