"""Is higher or lower better for a logged metric? Told by the catalogue or its name, never guessed.

Names are those of Keras, scikit-learn and common trackers, with or without `val_`, and with the
number that Keras appends to a second one (`auc_1`). A name is split at everything that is not a
letter or digit; one word decides, and `false`, `loss` and `error` take precedence
(`false_positive_rate`).
"""

import re
from typing import Literal

from idc_core.metrics.catalogue import METRICS

Direction = Literal["falls", "rises"]

_ALWAYS_FALL = ("false", "loss", "error", "errors", "miss", "misses", "missed")
_FALL = (
    "brier",
    "ece",
    "mce",
    "ace",
    "mse",
    "mae",
    "rmse",
    "mape",
    "msle",
    "smape",
    "nll",
    "kl",
    "kld",
    "divergence",
    "crossentropy",
    "entropy",
    "bce",
    "logloss",
    "logcosh",
    "hinge",
    "huber",
    "perplexity",
    "deviance",
    "hausdorff",
    "distance",
    "fpr",
    "fnr",
    "fdr",
    "fp",
    "fn",
    "eer",
)
_RISE = (
    "auc",
    "auroc",
    "auprc",
    "roc",
    "prc",
    "ap",
    "acc",
    "accuracy",
    "sensitivity",
    "specificity",
    "precision",
    "recall",
    "f1",
    "f2",
    "fbeta",
    "fscore",
    "dice",
    "dsc",
    "iou",
    "jaccard",
    "kappa",
    "mcc",
    "matthews",
    "youden",
    "tpr",
    "tnr",
    "tp",
    "tn",
    "ppv",
    "npv",
    "true",
    "predictive",
    "likelihood",
    "r2",
    "gmean",
)
_SIGNED = ("neg", "minus", "inverse", "inverted")


def direction(metric: str) -> Direction | None:
    """Whether the metric improves by falling or by rising; None where its name does not tell.

    >>> direction("val_loss"), direction("auc_1"), direction("val_best_threshold")
    ('falls', 'rises', None)
    >>> direction("false_positive_rate"), direction("kl_divergence"), direction("ROC-AUC")
    ('falls', 'falls', 'rises')
    """
    words = [word for word in re.split(r"[^a-z0-9]+", metric.lower()) if not word.isdigit()]
    words = [word for word in words if word and word != "val"]
    own = METRICS.get("_".join(words))
    if own is not None and own.better != "neither":
        return "rises" if own.better == "higher" else "falls"
    if any(word in (*_SIGNED, "threshold") for word in words):
        return None
    if "negative" in words and "likelihood" in words:
        return "falls"
    ways: tuple[tuple[tuple[str, ...], Direction], ...] = (
        (_ALWAYS_FALL, "falls"),
        (_FALL, "falls"),
        (_RISE, "rises"),
    )
    for known, way in ways:
        if any(word in known for word in words):
            return way
    # Written in one word, as focalloss or balancedaccuracy.
    if any(word.endswith(("loss", "error", "entropy")) for word in words):
        return "falls"
    return "rises" if any(word.endswith(("accuracy", "auc")) for word in words) else None
