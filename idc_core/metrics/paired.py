"""Two models on the same patches: how far apart are they, if other patients had come?

Conventions, besides those of `confusion`:

- A is the model one has, B the one to compare with it; every difference is B - A.
- Both are judged on the same patches and on the same resamples of patients. What makes a patient
  hard is hard for both, so the interval of the difference is narrower than those of A and B tell.
- At one threshold each, a patch falls into one of eight `CELLS`: label × A's call × B's call. They
  are kept as counts a patient, in the last axis, and every rate of either model is a sum of them.

An interval that holds 0 does not show that the models are equal, only that these patients cannot
tell them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import RATES, ratio
from idc_core.metrics.curves import wins
from idc_core.metrics.uncertainty import (
    Interval,
    Numbers,
    PatientBootstrap,
    auc_between_patients,
    interval,
)

Counts = npt.NDArray[np.int64]

CELLS = (
    "both_left_alone", "broken_no_idc", "fixed_no_idc", "both_false_alarm",
    "both_missed", "fixed_idc", "broken_idc", "both_found",
)  # fmt: skip
"""Cell number 4 · label + 2 · A calls it IDC + B calls it IDC."""

FIXED = ("fixed_idc", "fixed_no_idc")
"""A was wrong, B is right."""
BROKEN = ("broken_idc", "broken_no_idc")
"""A was right, B is wrong."""

EXACT_PATIENTS = 500
"""Up to as many patients the area of every resample is exact; a table of all pairs of patients is
kept for it. Above, it is linearised, which then makes no difference one could see."""

_NUMBER = np.arange(len(CELLS))
_OUTCOME = 2 * (_NUMBER // 4)  # tn, fp, fn, tp: 2 · label + call
_OF_A = np.eye(4)[_OUTCOME + _NUMBER // 2 % 2]
_OF_B = np.eye(4)[_OUTCOME + _NUMBER % 2]


@dataclass(frozen=True, slots=True)
class Paired:
    """One figure of both models, and how far B is above A."""

    a: Interval
    b: Interval
    difference: Interval


def cell_of(
    labels: npt.NDArray[np.int8], called_a: npt.NDArray[np.bool_], called_b: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int8]:
    """Number in `CELLS` of each patch.

    >>> CELLS[cell_of(np.int8([1]), np.array([False]), np.array([True]))[0]]
    'fixed_idc'
    """
    found: npt.NDArray[np.int8] = 4 * labels + 2 * called_a.astype(np.int8) + called_b
    return found


def counts_of_a(cells: npt.ArrayLike) -> Numbers:
    """A's tn, fp, fn, tp from counts of the eight cells; (…, 8) → (…, 4)."""
    counts: Numbers = np.asarray(cells, dtype=np.float64) @ _OF_A
    return counts


def counts_of_b(cells: npt.ArrayLike) -> Numbers:
    """B's tn, fp, fn, tp from counts of the eight cells; (…, 8) → (…, 4)."""
    counts: Numbers = np.asarray(cells, dtype=np.float64) @ _OF_B
    return counts


def sum_of(cells: npt.ArrayLike, names: Iterable[str]) -> npt.NDArray[np.int64]:
    """Patches in the named cells; (…, 8) → (…).

    >>> int(sum_of([0, 1, 2, 3, 4, 5, 6, 7], FIXED))
    7
    """
    at = [CELLS.index(name) for name in names]
    summed: npt.NDArray[np.int64] = np.asarray(cells)[..., at].sum(axis=-1)
    return summed


def rates(bootstrap: PatientBootstrap, cells: Counts, names: Iterable[str]) -> dict[str, Paired]:
    """Both models and their difference in some of `RATES`; `cells` has a row a patient.

    A resample in which either rate is not defined is left out of the interval of the difference.
    """
    per_patient = cells.astype(np.float64)
    names = tuple(names)
    of_a = bootstrap.of_rates(counts_of_a(per_patient), names)
    of_b = bootstrap.of_rates(counts_of_b(per_patient), names)
    return {
        name: Paired(of_a[name], of_b[name], _rate_difference(bootstrap, per_patient, name))
        for name in names
    }


def _rate_difference(bootstrap: PatientBootstrap, per_patient: Numbers, name: str) -> Interval:
    rate = RATES[name]
    return bootstrap.of_sums(
        lambda sums: rate(*counts_of_b(sums).T) - rate(*counts_of_a(sums).T), per_patient
    )


def roc_auc(
    bootstrap: PatientBootstrap, owner: npt.NDArray[np.int64], labels: npt.NDArray[np.int8],
    a: Numbers, b: Numbers,
) -> Paired:  # fmt: skip
    """Both areas under the ROC curve and their difference; `owner` numbers each patch's patient."""
    patients = bootstrap.weights.shape[1]
    if patients > EXACT_PATIENTS:
        return _roc_auc_linearised(bootstrap, owner, labels, a, b)
    wins_a, wins_b = (auc_between_patients(owner, labels, each, patients) for each in (a, b))
    positive, negative = (_summed(owner, labels == each, patients) for each in (1, 0))
    return Paired(
        bootstrap.of_roc_auc(wins_a, positive, negative),
        bootstrap.of_roc_auc(wins_b, positive, negative),
        _area_difference(bootstrap, wins_b - wins_a, positive, negative),
    )


def _area_difference(
    bootstrap: PatientBootstrap, wins_more: Numbers, positive: Numbers, negative: Numbers
) -> Interval:
    weights = bootstrap.weights.astype(np.float64)
    won = np.einsum("ri,ri->r", weights @ wins_more, weights)
    pairs = (weights @ positive) * (weights @ negative)
    value = float(ratio(wins_more.sum(), positive.sum() * negative.sum()))
    return interval(value, ratio(won, pairs))


def _roc_auc_linearised(
    bootstrap: PatientBootstrap, owner: npt.NDArray[np.int64], labels: npt.NDArray[np.int8],
    a: Numbers, b: Numbers,
) -> Paired:  # fmt: skip
    """The same from placements summed a patient (Obuchowski 1997, 10.2307/2533958).

    A resample's area is taken as (mean placement of its IDC patches) + (mean placement of its
    others) - (area of all patients): the part of it that is linear in the patients drawn.
    """
    is_idc = labels == 1
    placed = [_placements(is_idc, each) for each in (a, b)]
    columns = [is_idc, ~is_idc, *(part for each in placed for part in each)]
    patients = bootstrap.weights.shape[1]
    sums = np.stack([_summed(owner, column, patients) for column in columns], axis=1)
    area_a, area_b = (float(ratio(part.sum(), is_idc.sum())) for part, _ in placed)

    def of_a(drawn: Numbers) -> Numbers:
        return ratio(drawn[:, 2], drawn[:, 0]) + ratio(drawn[:, 3], drawn[:, 1]) - area_a

    def of_b(drawn: Numbers) -> Numbers:
        return ratio(drawn[:, 4], drawn[:, 0]) + ratio(drawn[:, 5], drawn[:, 1]) - area_b

    return Paired(
        bootstrap.of_sums(of_a, sums),
        bootstrap.of_sums(of_b, sums),
        bootstrap.of_sums(lambda drawn: of_b(drawn) - of_a(drawn), sums),
    )


def _placements(is_idc: npt.NDArray[np.bool_], scores: Numbers) -> tuple[Numbers, Numbers]:
    """For each IDC patch the share of the others below it; for each other one, of IDC above it."""
    positive, negative = np.sort(scores[is_idc]), np.sort(scores[~is_idc])
    below, above = np.zeros(len(scores)), np.zeros(len(scores))
    if len(positive) and len(negative):
        below[is_idc] = wins(scores[is_idc], negative) / len(negative)
        above[~is_idc] = 1 - wins(scores[~is_idc], positive) / len(positive)
    return below, above


def _summed(owner: npt.NDArray[np.int64], column: npt.ArrayLike, patients: int) -> Numbers:
    """Sum of one column a patient."""
    weights = np.asarray(column, dtype=np.float64)
    return np.bincount(owner, weights=weights, minlength=patients).astype(np.float64)


def brier(bootstrap: PatientBootstrap, sums: Numbers) -> Paired:
    """Mean squared distance of score and label of both, and the difference: above 0, B is worse.

    `sums` has a row a patient: A's squared distances, B's, patches.
    """
    return Paired(
        bootstrap.of_sums(lambda drawn: ratio(drawn[:, 0], drawn[:, 2]), sums),
        bootstrap.of_sums(lambda drawn: ratio(drawn[:, 1], drawn[:, 2]), sums),
        bootstrap.of_sums(lambda drawn: ratio(drawn[:, 1] - drawn[:, 0], drawn[:, 2]), sums),
    )
