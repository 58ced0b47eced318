"""Scores of several networks on one scale, on which each has its own threshold at the same place.

Each fold of a cross-validation has a network and a threshold of its own. A slider has one value: so
every fold's scores are shifted in log odds, by the distance from its threshold to the common one.
Order and differences in log odds within a fold stay as they are, and moving the slider moves the
thresholds of all folds by the same odds.
"""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.grouped_auc import roc_aucs
from idc_core.metrics.sigmoid import sigmoid

Numbers = npt.NDArray[np.float64]

EDGE = 1e-6
"""Thresholds nearer to 0 or 1 are shifted as if they were this near: their odds have no end."""


def common_threshold(thresholds: npt.ArrayLike) -> float:
    """The mean of the folds' thresholds in log odds, from 0 to 1.

    >>> round(common_threshold([0.2, 0.8]), 12)
    0.5
    """
    return float(sigmoid(np.mean(_log_odds(thresholds))))


def on_common_scale(
    scores: npt.ArrayLike, fold: npt.NDArray[np.int64], thresholds: npt.ArrayLike
) -> Numbers:
    """Scores (n,) shifted so that each fold's threshold lies at `common_threshold`.

    `fold` (n,) numbers the folds from 0. A score is at or above the common threshold exactly where
    it was at or above that of its fold.

    >>> on_common_scale([0.2, 0.1, 0.8], np.array([0, 0, 1]), [0.2, 0.8]).round(3).tolist()
    [0.5, 0.308, 0.5]
    """
    raw, own = np.asarray(scores, np.float64), np.asarray(thresholds, np.float64)
    common = common_threshold(own)
    shift = _log_odds(common) - _log_odds(own)
    with np.errstate(divide="ignore"):  # 0 and 1 stay where they are
        odds = np.log(raw) - np.log1p(-raw)
    shifted = sigmoid(odds + shift[fold])
    # Rounding must not carry a score across its threshold.
    return np.where(
        raw >= own[fold],
        np.maximum(shifted, common),
        np.minimum(shifted, np.nextafter(common, 0)),
    )


def within_folds(
    fold: npt.NDArray[np.int64], labels: npt.NDArray[np.int8], scores: npt.ArrayLike, folds: int
) -> Numbers:
    """ROC-AUC of each fold's own patches, (folds,); `nan` where a fold has one class only.

    The mean of these is the cross-validated area (LeDell et al. 2015, 10.1214/15-EJS1035): no score
    of one network is compared with one of another.
    """
    return roc_aucs(fold, labels, np.asarray(scores, np.float64), folds)


def _log_odds(share: npt.ArrayLike) -> Numbers:
    kept = np.clip(np.asarray(share, np.float64), EDGE, 1 - EDGE)
    return np.asarray(np.log(kept) - np.log1p(-kept))
