"""Learning curves in the report: each curve's own best, and the saved epoch by name."""

import pandas as pd

from idc_core.export.blocks import Missing
from idc_core.export.report.figures import learning_curves

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3, 4],
        "loss": [0.6, 0.5, 0.4, 0.3],
        "val_loss": [0.6, 0.4, 0.5, 0.7],
        "accuracy": [0.6, 0.7, 0.8, 0.9],
        "val_accuracy": [0.6, 0.7, 0.8, 0.75],
    }
)


def captions(block):
    return [figure.caption for figure in block.figures]


def test_each_curve_says_its_own_best_and_both_the_kept_epoch(charts):
    upright = "Upright: the epoch whose weights were kept."
    assert captions(learning_curves(HISTORY, 4, charts)) == [
        f"Accuracy by epoch, 4 epochs. Dot: highest on validation. {upright}",
        f"Loss by epoch, 4 epochs. Dot: lowest on validation. {upright}",
    ]


def test_no_kept_epoch_is_no_rule_and_no_validation_no_best(charts):
    drawn = learning_curves(HISTORY[["epoch", "loss", "accuracy"]], None, charts)
    assert captions(drawn) == ["Accuracy by epoch, 4 epochs.", "Loss by epoch, 4 epochs."]


def test_a_kept_epoch_outside_the_table_is_neither_drawn_nor_said(charts):
    drawn = learning_curves(HISTORY, 9, charts)
    assert "Upright" not in "".join(captions(drawn))
    assert [figure.shown.content for figure in drawn.figures] == [
        "<text>accuracy –</text>",
        "<text>loss –</text>",
    ]


def test_what_was_not_logged_is_not_drawn(charts):
    assert len(learning_curves(HISTORY[["epoch", "val_loss"]], None, charts).figures) == 1
    assert isinstance(learning_curves(HISTORY[["epoch"]], None, charts), Missing)
