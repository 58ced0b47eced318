"""Learning curves in the report: each curve's own best, and the kept epoch by name."""

import re

import pandas as pd

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


def charts(page):
    return [re.findall(r">([^<>]*epoch \d)<", each) for each in page.split("</figure>")[:2]]


def test_each_curve_marks_its_own_best_and_both_the_kept_epoch():
    page = learning_curves(HISTORY, 4)
    assert charts(page) == [["kept: epoch 4", "best: epoch 3"], ["kept: epoch 4", "best: epoch 2"]]
    assert "Dot: highest on validation. Upright: the epoch whose weights were kept." in page
    assert "Dot: lowest on validation." in page


def test_no_kept_epoch_is_no_rule_and_no_validation_no_best():
    page = learning_curves(HISTORY[["epoch", "loss", "accuracy"]], None)
    assert charts(page) == [[], []]
    assert "Dot" not in page
    assert "Upright" not in page


def test_a_kept_epoch_outside_the_table_is_not_drawn():
    assert "kept:" not in learning_curves(HISTORY, 9)
