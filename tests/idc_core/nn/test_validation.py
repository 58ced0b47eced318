"""The validation numbers, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics

from idc_core.nn.validation import validation_log


def test_the_numbers_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    logits = np.round(rng.normal(0, 3, 500), 1)  # ties on purpose
    labels = (rng.random(500) < 1 / (1 + np.exp(-logits))).astype(np.int8)
    found = validation_log(labels, logits)
    score = 1 / (1 + np.exp(-logits))
    false_alarms, found_idc, _ = metrics.roc_curve(labels, score, drop_intermediate=False)
    precision, recall, at = metrics.precision_recall_curve(labels, score)
    f1 = 2 * precision * recall / (precision + recall)
    expected = {
        "val_loss": metrics.log_loss(labels, score),
        "val_accuracy": metrics.accuracy_score(labels, score >= 0.5),
        "val_auc": metrics.roc_auc_score(labels, score),
        "val_sensitivity": metrics.recall_score(labels, score >= 0.5),
        "val_specificity": metrics.recall_score(labels, score >= 0.5, pos_label=0),
        "val_brier": metrics.brier_score_loss(labels, score),
        "val_sensitivity_at_90_specificity": found_idc[false_alarms <= 0.1].max(),
        "val_best_threshold": at[np.argmax(f1[:-1])],
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert set(found) - set(expected) == {"val_ece"}


def test_scores_that_only_moved_rank_as_before() -> None:
    """A recall that collapses because the threshold drifted: the AUC stays where it was."""
    rng = np.random.default_rng(1)
    labels = (rng.random(400) < 0.3).astype(np.int8)
    logits = np.where(labels, 1.5, -1.5) + rng.normal(0, 1.2, 400)
    before, moved = validation_log(labels, logits), validation_log(labels, logits - 4)
    assert moved["val_sensitivity"] < 0.2 < before["val_sensitivity"]
    for name in ("val_auc", "val_sensitivity_at_90_specificity"):
        assert moved[name] == pytest.approx(before[name])
    assert moved["val_best_threshold"] < before["val_best_threshold"]
    assert moved["val_ece"] > before["val_ece"]


def test_a_very_sure_and_wrong_score_has_a_finite_loss() -> None:
    found = validation_log(np.array([0, 1], np.int8), np.array([900.0, -800.0]))
    assert found["val_loss"] == pytest.approx(850)
    assert found["val_auc"] == 0
