"""Figures of every resample of patients: for what has no interval of its own, and to compare."""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.areas import Owner
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import Interval, Numbers
from idc_core.metrics.uncertainty import PatientBootstrap


def interval(value: float, drawn: Numbers) -> Interval:
    """The figure with the 2.5 % and 97.5 % percentiles of its resamples, undefined ones left out.

    With few patients it holds the truth less often than an interval of `leave_one_out`.
    """
    defined = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not len(defined):
        return Interval(value, np.nan, np.nan)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def auc_between_patients(
    patient: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating], patients: int
) -> Numbers:
    """How often patient i's IDC patches score above patient j's without (ties half), [i, j].

    `patient` holds numbers from 0 to `patients` - 1. With it, the AUC of any resample is exact.
    """
    is_idc = np.asarray(labels) == 1
    order = np.argsort(scores[is_idc], kind="stable")
    positive, owner = scores[is_idc][order], patient[is_idc][order]
    pair_wins = np.zeros((patients, patients))
    negative, negative_owner = scores[~is_idc], patient[~is_idc]
    by_owner = np.lexsort((negative, negative_owner))
    negative, negative_owner = negative[by_owner], negative_owner[by_owner]
    starts = np.searchsorted(negative_owner, np.arange(patients + 1))
    for j in range(patients):
        own = negative[starts[j] : starts[j + 1]]
        if len(own):
            won = np.searchsorted(own, positive, side="left") + np.searchsorted(
                own, positive, side="right"
            )
            pair_wins[:, j] = np.bincount(owner, weights=won / 2, minlength=patients)
    return pair_wins


def roc_auc_resampled(
    bootstrap: PatientBootstrap, pair_wins: Numbers, positive: Numbers, negative: Numbers
) -> Numbers:
    """Exact AUC of every resample, shape (resamples,), from what `of_roc_auc` takes."""
    won = np.einsum("ri,ri->r", bootstrap.sums(pair_wins), bootstrap.weights)
    drawn = bootstrap.sums(np.stack([positive, negative], axis=1))
    return ratio(won, drawn[:, 0] * drawn[:, 1])


STEPS_AT_ONCE = 512


def average_precision_resampled(
    bootstrap: PatientBootstrap,
    patient: Owner,
    labels: npt.ArrayLike,
    scores: npt.NDArray[np.floating],
) -> Numbers:
    """Average precision of every resample, ties handled as one step; shape (resamples,).

    Exact: at each distinct score of an IDC patch (no other changes it) patches called a patient
    are counted; a matrix product gives those of all resamples.
    """
    is_idc = np.asarray(labels) == 1
    steps = np.unique(scores[is_idc])
    step = len(steps) - np.searchsorted(steps, scores, side="right")
    order = np.argsort(step, kind="stable")
    step, owner, is_idc = step[order], patient[order], is_idc[order]
    # Single precision counts exactly up to 2^24 and multiplies twice as fast.
    exact = len(step) * float(bootstrap.weights.max(initial=0)) < 2**24
    weights = np.ascontiguousarray(bootstrap.weights.T, dtype=np.float32 if exact else np.float64)
    so_far = np.zeros((2, len(weights)))
    area, true_before = np.zeros(bootstrap.resamples), np.zeros(bootstrap.resamples)
    for first in range(0, len(steps), STEPS_AT_ONCE):
        size = min(STEPS_AT_ONCE, len(steps) - first)
        rows = slice(*np.searchsorted(step, [first, first + size]))
        counts = _counts_a_step(step[rows] - first, owner[rows], is_idc[rows], size, so_far)
        so_far = counts[:, -1]
        true, called = counts.astype(weights.dtype) @ weights
        gain = np.diff(true, axis=0, prepend=true_before[None].astype(weights.dtype))
        true_before = true[-1].astype(np.float64)
        # In double precision from here: a sum of many small shares.
        precision = np.divide(true, np.maximum(called, 1), dtype=np.float64)
        area += np.einsum("sr,sr->r", gain, precision)
    return ratio(area, true_before)


def _counts_a_step(
    step: npt.NDArray[np.int64],
    owner: Owner,
    is_idc: npt.NDArray[np.bool_],
    size: int,
    so_far: Numbers,
) -> Numbers:
    """IDC and all patches called up to each step, shape (2, size, patients)."""
    patients = so_far.shape[1]
    cell = step * patients + owner
    counts: Numbers = np.stack(
        [
            np.bincount(cell, weights=column, minlength=size * patients).astype(np.float64)
            for column in (is_idc, None)
        ]
    ).reshape(2, size, patients)
    counts[:, 0] += so_far
    return np.cumsum(counts, axis=1)
