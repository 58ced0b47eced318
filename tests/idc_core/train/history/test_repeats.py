"""A band over seeds."""

import pandas as pd
import pytest

from idc_core.train.history.repeats import seed_band


def test_a_band_by_hand_with_a_run_that_stopped_early() -> None:
    long = pd.DataFrame({"epoch": [1, 2, 3], "val_auc": [0.5, 0.7, 0.9]})
    short = pd.DataFrame({"epoch": [1, 2], "val_auc": [0.7, 0.9]})
    found = seed_band([long, short], "val_auc")
    assert found.epochs.tolist() == [1, 2, 3]
    assert found.mean == pytest.approx([0.6, 0.8, 0.9])
    assert found.low.tolist() == [0.5, 0.7, 0.9]
    assert found.high.tolist() == [0.7, 0.9, 0.9]
    assert found.runs.tolist() == [2, 2, 1]


def test_a_metric_nobody_logged_is_refused() -> None:
    with pytest.raises(ValueError, match="val_f1"):
        seed_band([pd.DataFrame({"epoch": [1]})], "val_f1")
