"""The numbers of one look at the validation patches, computed exactly from all their scores."""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import confusion_at
from idc_core.metrics.curves import Ranked


def validation_log(
    labels: npt.NDArray[np.int8], logits: npt.NDArray[np.float64]
) -> dict[str, float]:
    """Loss, accuracy, AUC, sensitivity and specificity at 0.5, and Brier score, by name."""
    scores = 0.5 * (1 + np.tanh(logits / 2))  # the sigmoid, without overflow
    counts = confusion_at(labels, scores, 0.5)
    loss = np.logaddexp(0, logits) - labels * logits
    return {
        "val_loss": float(np.mean(loss)),
        "val_accuracy": counts.accuracy,
        "val_auc": Ranked(labels, scores).roc_auc,
        "val_sensitivity": counts.sensitivity,
        "val_specificity": counts.specificity,
        "val_brier": float(np.mean((scores - labels) ** 2)),
    }
