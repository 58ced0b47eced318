"""Callbacks driven by hand, with made-up numbers."""

import json
import math

import pytest

from idc_core.nn.callbacks import Best, DropOnPlateau, StopEarly
from idc_core.records.history import Event


def drive(best: Best, values: list[float]) -> list[int]:
    """Epochs that made the best model."""
    made = []
    for epoch, value in enumerate(values, start=1):
        log = {best.monitor: value}
        if best.improves(log):
            made.append(epoch)
        best.epoch_end(epoch, log, best.improves(log))
    return made


@pytest.mark.parametrize(
    ("monitor", "values", "epochs"),
    [
        ("val_auc", [0.5, 0.7, 0.7, 0.6, 0.8], [1, 2, 5]),
        ("val_loss", [0.5, 0.7, 0.5, 0.4], [1, 4]),
        ("val_brier", [0.2, 0.3, 0.1], [1, 3]),
        ("val_auc", [math.nan, 0.5, math.nan], [2]),
    ],
)
def test_the_best_epoch_is_the_first_of_the_best(
    monitor: str, values: list[float], epochs: list[int]
) -> None:
    best = Best(monitor)
    assert drive(best, values) == epochs
    assert best.epoch == epochs[-1]


def test_a_best_model_is_an_event_with_its_value() -> None:
    best = Best("val_auc")
    assert best.epoch_end(3, {"val_auc": 0.9}, True) == [
        Event(epoch=3, kind="checkpoint", others={"val_auc": 0.9})
    ]
    assert best.epoch_end(4, {"val_auc": 0.8}, False) == []


def test_the_rate_drops_after_the_patience_and_again_after_as_long() -> None:
    plateau = DropOnPlateau(patience=2, factor=0.5)
    scales = []
    for epoch, improved in enumerate([True, False, False, False, False, True, False], start=1):
        plateau.epoch_end(epoch, {}, improved)
        scales.append(plateau.scale)
    assert scales == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_the_run_stops_after_the_patience() -> None:
    early = StopEarly(patience=2)
    assert early.epoch_end(1, {}, False) == []
    assert early.epoch_end(2, {}, True) == []
    assert early.epoch_end(3, {}, False) == []
    assert not early.stopped
    assert early.epoch_end(4, {}, False) == [Event(epoch=4, kind="early_stop", waited=2)]
    assert early.stopped


def test_no_patience_means_never() -> None:
    early, plateau = StopEarly(patience=0), DropOnPlateau(patience=0, factor=0.1)
    for epoch in range(50):
        early.epoch_end(epoch, {}, False)
        plateau.epoch_end(epoch, {}, False)
    assert not early.stopped
    assert plateau.scale == 1


@pytest.mark.parametrize(
    "callback", [Best("val_auc"), DropOnPlateau(patience=3, factor=0.5), StopEarly(patience=3)]
)
def test_a_restored_callback_knows_all_that_the_old_one_knew(
    callback: Best | DropOnPlateau | StopEarly,
) -> None:
    for epoch, value in enumerate([0.3, 0.2, 0.1], start=1):
        callback.epoch_end(epoch, {"val_auc": value}, epoch == 1)
    fresh = type(callback)(**{name: callback.state()[name] for name in _settings(callback)})
    assert fresh != callback
    fresh.restore(json.loads(json.dumps(callback.state())))
    assert fresh == callback


def _settings(callback: Best | DropOnPlateau | StopEarly) -> list[str]:
    return [name for name in ("monitor", "patience", "factor") if hasattr(callback, name)]
