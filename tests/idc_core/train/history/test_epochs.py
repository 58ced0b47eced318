"""Directions, best epochs and smoothing, by hand."""

import numpy as np
import pandas as pd
import pytest

from idc_core.records.history import Event
from idc_core.records.run_info import RunInfo
from idc_core.train.history.epochs import (
    best_epoch,
    kept_epoch,
    minutes,
    one_row_an_epoch,
    smoothed,
)


def test_the_best_epoch_is_the_metrics_own_way() -> None:
    table = pd.DataFrame(
        {"epoch": [1, 2, 3], "val_loss": [0.5, 0.2, 0.3], "val_auc": [0.7, np.nan, 0.9]}
    )
    assert best_epoch(table, "val_loss") == 2
    assert best_epoch(table, "val_auc") == 3
    assert best_epoch(table, "val_f1") is None
    assert best_epoch(table.assign(val_f1=np.nan), "val_f1") is None


@pytest.mark.parametrize(
    "name", ["val_mse", "val_kl_divergence", "val_false_positive_rate", "val_ece"]
)
def test_what_is_better_low_was_best_where_it_was_lowest(name) -> None:
    table = pd.DataFrame({"epoch": [1, 2, 3], name: [0.4, 0.1, 0.3]})
    assert best_epoch(table, name) == 2


def test_no_epoch_is_best_where_the_name_does_not_say_which_way() -> None:
    table = pd.DataFrame(
        {"epoch": [1, 2], "val_best_threshold": [0.4, 0.1], "val_tone": [1.0, 2.0]}
    )
    assert best_epoch(table, "val_best_threshold") is None
    assert best_epoch(table, "val_tone") is None


def test_an_infinite_value_is_never_the_best() -> None:
    table = pd.DataFrame({"epoch": [1, 2, 3], "val_auc": [0.7, np.inf, 0.9]})
    assert best_epoch(table, "val_auc") == 3


def test_the_kept_epoch_is_what_the_run_says_or_its_newest_checkpoint() -> None:
    events = [
        Event(epoch=2, kind="checkpoint"),
        Event(epoch=5, kind="checkpoint"),
        Event(epoch=6, kind="stop"),
    ]
    assert kept_epoch(RunInfo(best_epoch=4), events) == 4
    assert kept_epoch(RunInfo(best_epoch=None), events) == 5
    assert kept_epoch(RunInfo(best_epoch=0)) is None  # as a run without an epoch says


def test_an_epoch_that_a_resume_logged_again_counts_once_and_the_later_row() -> None:
    table = pd.DataFrame({"epoch": [1, 2, 2, 3], "loss": [4.0, 3.0, 2.5, 2.0]})
    found = one_row_an_epoch(table)
    assert found["epoch"].tolist() == [1, 2, 3]
    assert found["loss"].tolist() == [4.0, 2.5, 2.0]


def test_smoothing_by_hand_and_its_ends() -> None:
    values = [2.0, 4.0, 8.0]
    assert smoothed(values, 0).tolist() == values
    # (0.5·2) / 0.5, (0.5·1 + 0.5·4) / 0.75, (0.5·2.5 + 0.5·8) / 0.875
    assert smoothed(values, 0.5) == pytest.approx([2, 2.5 / 0.75, 5.25 / 0.875])
    assert smoothed([3.0] * 9, 0.9) == pytest.approx([3.0] * 9)


def test_an_unknown_value_is_passed_over() -> None:
    found = smoothed([1.0, np.nan, 1.0], 0.6)
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx([1, 1])


def test_a_weight_that_never_forgets_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1: found 1"):
        smoothed([1.0], 1)


def test_wall_time_adds_up_or_is_unknown() -> None:
    table = pd.DataFrame({"epoch": [1, 2], "seconds": [60.0, 30.0]})
    assert minutes(table).tolist() == [1.0, 1.5]
    assert np.isnan(minutes(table.drop(columns="seconds"))).all()
