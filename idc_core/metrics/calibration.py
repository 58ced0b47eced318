"""Do scores mean what they say?"""

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.confusion import Count, Rate, ratio

BINS = 15
"""Equal-width bins of the expected calibration error, as in Guo et al. 2017 (1706.04599)."""


def brier(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Mean squared distance of score and label (Brier 1950); `nan` without patches.

    >>> brier([0, 1], [0.0, 0.5])
    0.125
    """
    label_array, score_array = check_labels_and_scores(labels, scores)
    return float(ratio(np.sum((score_array - label_array) ** 2), len(label_array)))


def bin_of(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Number of the bin each score falls into, 0 to `BINS` - 1; the last one holds 1.0."""
    return np.minimum((scores * BINS).astype(np.int64), BINS - 1)


def calibration_error(patches: Count, idc: Count, summed_scores: Count) -> Rate:
    """Expected calibration error from sums a bin, in the last axis (`BINS` long).

    Mean over patches of |mean score - share of IDC| of their bin.
    """
    total = np.sum(patches, axis=-1)
    return ratio(np.sum(np.abs(np.asarray(summed_scores) - idc), axis=-1), total)


def ece(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Expected calibration error over `BINS` equal-width bins; `nan` without patches.

    >>> ece([0, 1, 1, 1], [0.75, 0.75, 0.75, 0.75])
    0.0
    """
    label_array, score_array = check_labels_and_scores(labels, scores)
    bins = bin_of(score_array)
    sums = [
        np.bincount(bins, weights=weights, minlength=BINS)
        for weights in (np.ones(len(bins)), label_array, score_array)
    ]
    return float(calibration_error(*sums))
