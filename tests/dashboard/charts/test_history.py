"""Training over epochs, as data: which lines, which epoch is best, which events are flagged."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.history import best_epoch, history_figure, metrics_of


@pytest.fixture
def history(small_world):
    return small_world.history()


def test_metrics_are_named_once_and_the_loss_comes_first(history):
    assert metrics_of(history) == ["loss", "accuracy", "auc"]


def test_the_best_epoch_of_an_auc_is_its_highest_and_of_a_loss_its_lowest(history):
    assert best_epoch(history, "val_auc") == 4
    assert best_epoch(history.assign(val_loss=[3, 1, 2, 3, 4, 5.0]), "val_loss") == 2


def test_without_the_monitored_figure_there_is_no_best_epoch(history):
    assert best_epoch(history, "val_mcc") is None
    assert best_epoch(history.assign(val_auc=np.nan), "val_auc") is None


def test_every_metric_is_drawn_for_training_and_validation(history):
    figure = history_figure({"mine": history}, ["auc"])
    named = [(line.name, line.line.dash) for line in figure.data]
    assert named == [
        ("mine · validation", "solid"), ("mine · train", "dot"),
        ("mine · validation", "solid"), ("mine · train", "dot"),
        ("mine · learning rate", None),
    ]  # fmt: skip
    assert list(figure.data[0].y) == history["val_loss"].tolist()
    assert list(figure.data[3].y) == history["auc"].tolist()
    assert {tuple(line.x) for line in figure.data} == {(1, 2, 3, 4, 5, 6)}


def test_runs_laid_over_each_other_differ_in_colour(history):
    figure = history_figure({"one": history, "two": history}, [])
    colours = {line.name.split(" ")[0]: line.line.color for line in figure.data}
    assert colours["one"] != colours["two"]


def test_the_learning_rate_is_a_step_on_the_same_axis(history):
    figure = history_figure({"mine": history}, ["auc"])
    assert figure.data[-1].line.shape == "hv"
    assert (figure.layout.xaxis.matches, figure.layout.xaxis2.matches) == ("x3", "x3")
    assert figure.data[-1].xaxis == "x3"


def test_known_events_are_flagged_in_their_epoch_and_the_best_epoch_is_ruled(history):
    events = [{"epoch": 3, "kind": "learning_rate_drop"}, {"epoch": 5, "kind": "unknown"}]
    figure = history_figure({"mine": history}, [], events, best=4)
    flags = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(flag.name, list(flag.x)) for flag in flags] == [("learning rate drops", [3])]
    assert all(shape.x0 == 4 for shape in figure.layout.shapes)
    said = [note.text for note in figure.layout.annotations]
    assert said.count("best epoch 4") == 1
    assert len(figure.layout.shapes) == 2


def test_one_epoch_is_a_marker_as_a_line_needs_two():
    one = pd.DataFrame({"epoch": [1], "loss": [0.7], "val_loss": [0.8]})
    figure = history_figure({"mine": one}, [])
    assert {trace.mode for trace in figure.data} == {"lines+markers"}
