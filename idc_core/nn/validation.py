"""The numbers of one look at the validation patches, computed exactly from all their scores."""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.calibration import ece
from idc_core.metrics.confusion import confusion_at
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import Chosen, Infeasible, choose

FIXED_SPECIFICITY, BEST_F1 = "specificity>=0.9", "f1"


def scores_of(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The sigmoid, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)))


def validation_log(
    labels: npt.NDArray[np.int8], logits: npt.NDArray[np.float64]
) -> dict[str, float]:
    """What an epoch is worth, by name.

    At 0.5: accuracy, sensitivity, specificity. At no threshold: loss, ROC-AUC, Brier score,
    expected calibration error. At thresholds of its own: the sensitivity at a specificity of at
    least 90 %, and the threshold of the best F1. Together they tell a
    network that ranks worse from one whose scores have only moved.
    """
    scores = scores_of(logits)
    counts = confusion_at(labels, scores, 0.5)
    ranked = Ranked(labels, scores)
    fixed, best = _chosen(ranked, FIXED_SPECIFICITY), _chosen(ranked, BEST_F1)
    loss = np.logaddexp(0, logits) - labels * logits
    return {
        "val_loss": float(np.mean(loss)),
        "val_accuracy": counts.accuracy,
        "val_auc": ranked.roc_auc,
        "val_sensitivity": counts.sensitivity,
        "val_specificity": counts.specificity,
        "val_brier": float(np.mean((scores - labels) ** 2)),
        "val_sensitivity_at_90_specificity": np.nan if fixed is None else fixed.sensitivity,
        "val_best_threshold": np.nan if best is None else best.threshold,
        "val_ece": ece(labels, scores),
    }


def _chosen(ranked: Ranked, rule: str) -> Chosen | None:
    try:
        return choose(ranked, rule)
    except Infeasible:
        return None
