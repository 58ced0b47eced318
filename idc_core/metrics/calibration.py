"""Do scores mean what they say? Of patches scored 0.8, eight in ten should hold IDC.

Conventions: bins hold the scores from their lower edge up to, but not at, their upper one; the last
holds 1.0. A bin without patches is not defined (`nan`). Slope and calibration in the large are
fitted in `calibration_fit`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.confusion import Count, Rate, ratio

Numbers = npt.NDArray[np.float64]

BINS = 15
"""Equal-width bins of the expected calibration error, as in Guo et al. 2017 (1706.04599)."""

CLIPPED = 1e-6
"""Scores are kept this far from 0 and 1 where their logit is fitted: it must be finite."""

_ROUNDS = 60


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

    It has no interval. Every distance counts upwards, so chance alone makes it larger than it is,
    and the more so the fewer patients there are: of scores that mean what they say, percentiles of
    resampled patients hold the true 0 in none of 100 sets, and no interval that was tried (basic,
    leave one out, both less the bias that resampling shows; the debiased squared error of Kumar et
    al. 2019, 1909.10155, with the variance of patients) holds the truth in 93 % both there and
    where scores are off: `docs/coverage.md`.

    >>> ece([0, 1, 1, 1], [0.75, 0.75, 0.75, 0.75])
    0.0
    """
    label_array, score_array = check_labels_and_scores(labels, scores)
    return float(calibration_error(*_sums(label_array, score_array, bin_of(score_array), BINS)))


def equal_counts(scores: npt.NDArray[np.float64], bins: int) -> Numbers:
    """Inner edges of at most `bins` bins that hold about equally many patches, rising."""
    if not len(scores):
        return np.zeros(0)
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.asarray(edges[(edges > scores.min()) & (edges <= scores.max())])


def equal_widths(bins: int = BINS) -> Numbers:
    """Inner edges of bins of equal width, rising."""
    return np.arange(1, bins) / bins


@dataclass(frozen=True, slots=True)
class BrierParts:
    """The Brier score taken apart: `total = reliability - resolution + uncertainty + within`.

    `reliability`: how far the bins' mean scores are from their shares of IDC (0 is best);
    `resolution`: how far those shares are from the prevalence (more is better); `uncertainty`: what
    always saying the prevalence would cost; `within`: what scores of one bin differ by (Murphy
    1973, 10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2; the last part after Stephenson et al.
    2008, 10.1175/2007WAF2006116.1).
    """

    total: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier_parts(
    labels: npt.ArrayLike, scores: npt.ArrayLike, edges: npt.ArrayLike | None = None
) -> BrierParts:
    """The parts of the Brier score over bins with these inner edges (`BINS` of equal width)."""
    label_array, score_array = check_labels_and_scores(labels, scores)
    inner = equal_widths() if edges is None else np.asarray(edges, dtype=np.float64)
    bins = np.searchsorted(inner, score_array, side="right")
    n, idc, summed = _sums(label_array, score_array, bins, len(inner) + 1)
    total = float(ratio(np.sum((score_array - label_array) ** 2), len(bins)))
    return parts_of_sums(n, idc, summed, total)


def parts_of_sums(n: Numbers, idc: Numbers, summed: Numbers, total: float) -> BrierParts:
    """The same from patches, IDC patches and summed scores a bin; `total`: the Brier score."""
    if not n.sum():
        return BrierParts(*[float("nan")] * 5)
    prevalence = idc.sum() / n.sum()
    share, mean = ratio(idc, n), ratio(summed, n)
    used = n > 0
    reliability = float(np.sum(n[used] * (mean[used] - share[used]) ** 2) / n.sum())
    resolution = float(np.sum(n[used] * (share[used] - prevalence) ** 2) / n.sum())
    uncertainty = float(prevalence * (1 - prevalence))
    within = total - (reliability - resolution + uncertainty)
    return BrierParts(total, reliability, resolution, uncertainty, within)


def logit(scores: npt.ArrayLike) -> Numbers:
    """Log odds, scores kept `CLIPPED` away from 0 and 1."""
    kept = np.clip(np.asarray(scores, dtype=np.float64), CLIPPED, 1 - CLIPPED)
    odds: Numbers = np.log(kept / (1 - kept))
    return odds


def logistic(design: Numbers, y: Numbers, offset: Numbers | None = None) -> Numbers | None:
    """Coefficients of a logistic regression by Newton's method; None where it finds no end."""
    beta = np.zeros(design.shape[1])
    fixed = np.zeros(len(y)) if offset is None else offset
    for _ in range(_ROUNDS):
        chance = _sigmoid(design @ beta + fixed)
        weight = chance * (1 - chance)
        bent = design.T @ (design * weight[:, None])
        try:
            step = np.linalg.solve(bent, design.T @ (y - chance))
        except np.linalg.LinAlgError:
            return None
        # A step over a steep place is cut short, so that it cannot leap beyond all bounds.
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-9:
            return beta if np.isfinite(beta).all() else None
    return None


def in_the_large(n: npt.ArrayLike, idc: npt.ArrayLike, summed_scores: npt.ArrayLike) -> Rate:
    """Mean score less share of IDC, from sums a patient: above 0, scores are too high there."""
    return ratio(np.asarray(summed_scores) - np.asarray(idc), n)


def _sigmoid(odds: Numbers) -> Numbers:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * odds)))


def _sums(
    labels: npt.NDArray[np.int8], scores: Numbers, bins: npt.NDArray[np.int64], count: int
) -> list[Numbers]:
    """Patches, IDC patches and summed scores a bin."""
    return [
        np.bincount(bins, weights=weights, minlength=count).astype(np.float64)
        for weights in (np.ones(len(bins)), labels, scores)
    ]
