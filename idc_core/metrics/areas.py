"""Areas under ROC and precision-recall without each patient in turn, from one sort of the patches.

`owner` numbers each patch's patient from 0 to `patients` - 1; labels and scores are those of the
same patches, in any order. `left_out[i]` is the area without patient i, `nan` where it then is not
defined.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio

Numbers = npt.NDArray[np.float64]
Owner = npt.NDArray[np.int64]

EXACT_STEPS = 100_000_000
"""Patients × distinct scores of IDC patches up to which every left-out average precision is exact.
Above, patients are many, and the part of it that is linear in a patient's weight is taken."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure of all patients, and without each of them."""

    value: float
    left_out: Numbers


def roc_auc_left_out(
    owner: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating], patients: int
) -> LeftOut:
    """Exact ROC-AUC, ties half.

    Pairs of patches are counted a patient: those its IDC patches win, those its others lose, and
    those it shares with itself (the table of all pairs of patients is not needed for it).
    """
    is_idc = np.asarray(labels) == 1
    order = np.argsort(scores)
    beaten = _beaten(is_idc, scores, order)
    # Sixteen bits are sorted in one pass over the patches.
    short = owner.astype(np.int16) if patients < 2**15 else owner
    own = _beaten(is_idc, scores, order[np.argsort(short[order], kind="stable")], owner)
    positive, negative, won, lost, within = (
        np.bincount(owner, weights=column, minlength=patients).astype(np.float64)
        for column in (
            is_idc,
            ~is_idc,
            np.where(is_idc, beaten, 0),
            np.where(is_idc, 0, beaten),
            np.where(is_idc, own, 0),
        )
    )
    return of_pairs(won, lost, within, positive, negative)


def of_pairs(
    won: Numbers, lost: Numbers, within: Numbers, positive: Numbers, negative: Numbers
) -> LeftOut:
    """Areas from pairs a patient: won by its IDC patches, lost by its others, both its own."""
    total, idc, others = won.sum(), positive.sum(), negative.sum()
    left = ratio(total - won - lost + within, (idc - positive) * (others - negative))
    return LeftOut(float(ratio(total, idc * others)), left)


def _beaten(
    is_idc: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.floating],
    order: npt.NDArray[np.int64],
    owner: Owner | None = None,
) -> Numbers:
    """IDC patches: others scored below; others: IDC patches scored above. A tie is half.

    In `order` scores rise, within each patient where `owner` is given; then pairs of one patient
    alone are counted.
    """
    if not len(order):
        return np.zeros(0)
    idc, ranked = is_idc[order], scores[order]
    new = np.append(True, ranked[1:] != ranked[:-1])
    first, last = np.zeros(1, dtype=np.int64), np.array([len(order)])
    group = np.zeros(len(order), dtype=np.int64)
    if owner is not None:
        change = np.append(True, np.diff(owner[order]) != 0)
        first = np.flatnonzero(change)
        last, group, new = np.append(first[1:], len(order)), np.cumsum(change) - 1, new | change
    start = np.flatnonzero(new)
    tie = np.cumsum(new) - 1
    end = np.append(start[1:], len(order))
    others = np.append(0, np.cumsum(~idc))
    above = np.append(0, np.cumsum(idc))
    below = (others[start] + others[end])[tie] / 2 - others[first][group]
    over = above[last][group] - (above[start] + above[end])[tie] / 2
    found = np.empty(len(order))
    found[order] = np.where(idc, below, over)
    return found


def average_precision_left_out(
    owner: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating], patients: int
) -> LeftOut:
    """Average precision, ties handled as one step; exact up to `EXACT_STEPS`.

    Steps are the distinct scores of IDC patches, falling: no other changes it.
    """
    is_idc = np.asarray(labels) == 1
    steps = np.unique(scores[is_idc])
    if not len(steps):
        return LeftOut(float("nan"), np.full(patients, np.nan))
    # Counted from the top; patches below every step come last and are never called.
    step = len(steps) - _searched(steps, scores)
    gain = np.bincount(step[is_idc], minlength=len(steps)).astype(np.float64)
    called = np.cumsum(np.bincount(step, minlength=len(steps))[: len(steps)]).astype(np.float64)
    true = np.cumsum(gain)
    value = float(gain @ (true / called) / true[-1])
    if patients * len(steps) > EXACT_STEPS:
        weight = _weight_of(owner, is_idc, step, gain, true, called, patients)
        alone = np.bincount(owner[is_idc], minlength=patients) == int(true[-1])
        return LeftOut(value, np.where(alone, np.nan, value - weight))
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(patients + 1))
    left = np.empty(patients)
    for patient in range(patients):
        rows = order[ends[patient] : ends[patient + 1]]
        own, own_idc = step[rows], is_idc[rows]
        own_gain = np.bincount(own[own_idc], minlength=len(steps))
        kept = gain - own_gain
        found = np.cumsum(kept)
        calls = called - np.cumsum(np.bincount(own, minlength=len(steps))[: len(steps)])
        left[patient] = ratio(kept @ (found / np.maximum(calls, 1)), found[-1])
    return LeftOut(value, left)


def _searched(steps: npt.NDArray[np.floating], scores: npt.NDArray[np.floating]) -> Owner:
    """How many steps are not above each score; asked in order, which is many times faster."""
    order = np.argsort(scores)
    found = np.empty(len(scores), dtype=np.int64)
    found[order] = np.searchsorted(steps, scores[order], side="right")
    return found


def _weight_of(
    owner: Owner,
    is_idc: npt.NDArray[np.bool_],
    step: npt.NDArray[np.int64],
    gain: Numbers,
    true: Numbers,
    called: Numbers,
    patients: int,
) -> Numbers:
    """How average precision grows with each patient's weight (its empirical influence).

    With AP = Σ gain · true / called / IDC, a patch called from step k on adds
    Σ gain (label - precision) / called over the steps from k on; an IDC patch adds its own
    precision; and what an IDC patch adds to the number of IDC patches is taken off again.
    """
    idc = true[-1]
    precision = true / called
    area = gain @ precision / idc
    from_here = [
        np.append(np.cumsum((gain * column / called)[::-1])[::-1], 0.0) for column in (1, precision)
    ]
    added = is_idc * from_here[0][step] - from_here[1][step]
    added += np.where(is_idc, np.append(precision, 0.0)[step] - area, 0.0)
    weight: Numbers = np.bincount(owner, weights=added, minlength=patients) / idc
    return weight
