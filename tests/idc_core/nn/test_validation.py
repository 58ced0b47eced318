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
    expected = {
        "val_loss": metrics.log_loss(labels, score),
        "val_accuracy": metrics.accuracy_score(labels, score >= 0.5),
        "val_auc": metrics.roc_auc_score(labels, score),
        "val_sensitivity": metrics.recall_score(labels, score >= 0.5),
        "val_specificity": metrics.recall_score(labels, score >= 0.5, pos_label=0),
        "val_brier": metrics.brier_score_loss(labels, score),
    }
    assert found == pytest.approx(expected)


def test_a_very_sure_and_wrong_score_has_a_finite_loss() -> None:
    found = validation_log(np.array([0, 1], np.int8), np.array([900.0, -800.0]))
    assert found["val_loss"] == pytest.approx(850)
    assert found["val_auc"] == 0
