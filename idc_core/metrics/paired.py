"""Two models on the same patches: how far apart are they, if other patients had come?

Conventions, besides those of `confusion`:

- A is the model one has, B the one to compare with it; every difference is B - A.
- Both are judged on the same patches, and a patient is left out of both together. What makes a
  patient hard is hard for both, so the interval of the difference is narrower than theirs tell.
- At one threshold each, a patch falls into one of eight `CELLS`: label × A's call × B's call. They
  are kept as counts a patient, in the last axis, and every rate of either model is a sum of them.

An interval that holds 0 does not show that the models are equal, only that these patients cannot
tell them apart.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import UNIT, Bounds, as_far_as, effective, unmoved
from idc_core.metrics.uncertainty import Interval, Numbers, PatientJackknife, effective_patients

Counts = npt.NDArray[np.int64]

CELLS = (
    "both_left_alone",
    "broken_no_idc",
    "fixed_no_idc",
    "both_false_alarm",
    "both_missed",
    "fixed_idc",
    "broken_idc",
    "both_found",
)
"""Cell number 4 · label + 2 · A calls it IDC + B calls it IDC."""

FIXED = ("fixed_idc", "fixed_no_idc")
"""A was wrong, B is right."""
BROKEN = ("broken_idc", "broken_no_idc")
"""A was right, B is wrong."""

_NUMBER = np.arange(len(CELLS))
_OUTCOME = 2 * (_NUMBER // 4)  # tn, fp, fn, tp: 2 · label + call
_OF_A = np.eye(4)[_OUTCOME + _NUMBER // 2 % 2]
_OF_B = np.eye(4)[_OUTCOME + _NUMBER % 2]


@dataclass(frozen=True, slots=True)
class Paired:
    """One figure of both models, and how far B is above A; `left_out`: without each patient, empty
    where it was not asked for."""

    a: Interval
    b: Interval
    difference: Interval
    left_out: Numbers = field(default_factory=lambda: np.zeros(0), compare=False, repr=False)


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


def rates(jackknife: PatientJackknife, cells: Counts, names: Iterable[str]) -> dict[str, Paired]:
    """Both models and their difference in some of `RATES`; `cells` has a row per patient.

    Where either rate is not defined without some patient, the difference has no interval.
    """
    per_patient = cells.astype(np.float64)
    names = tuple(names)
    of_a = jackknife.of_rates(counts_of_a(per_patient), names)
    of_b = jackknife.of_rates(counts_of_b(per_patient), names)
    total = per_patient.sum(axis=0)
    found = {}
    for name in names:
        apart = _apart(name)
        found[name] = Paired(
            of_a[name],
            of_b[name],
            difference(
                jackknife,
                apart,
                per_patient,
                effective_patients(counts_of_a(per_patient), name),
                METRICS[name].bounds,
            ),
            apart(total - per_patient),
        )
    return found


def _apart(name: str) -> Callable[[Numbers], Numbers]:
    """B's rate less A's, from sums of cells (m, 8)."""
    rate = RATES[name]

    def apart(sums: Numbers) -> Numbers:
        found: Numbers = rate(*counts_of_b(sums).T) - rate(*counts_of_a(sums).T)
        return found

    return apart


def difference(
    jackknife: PatientJackknife,
    figure: Callable[[Numbers], Numbers],
    per_patient: Numbers,
    patients: float,
    within: Bounds = UNIT,
) -> Interval:
    """Interval of a difference of shares (of figures `within` other bounds), a function of sums
    over patients as in `of_sums`.

    Where every patient shows none, it is as unsure as the number of `patients` lets it be: that A
    and B agree on a few patients does not make them the same.
    """
    found = jackknife.of_sums(figure, per_patient)
    if found.value == 0 and not (figure(per_patient.sum(axis=0) - per_patient) != 0).any():
        return unmoved(patients)
    return as_far_as(found, within)


def roc_auc(
    jackknife: PatientJackknife,
    owner: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int8],
    a: Numbers,
    b: Numbers,
) -> Paired:
    """Both areas under the ROC curve and their difference; `owner` numbers each patch's patient."""
    return Paired(*jackknife.of_roc_auc_difference(owner, labels, a, b))


def brier(jackknife: PatientJackknife, sums: Numbers) -> Paired:
    """Mean squared distance of score and label of both, and the difference: above 0, B is worse.

    `sums` has a row per patient: A's squared distances, B's, patches.
    """
    return Paired(
        jackknife.of_sums(lambda left: ratio(left[:, 0], left[:, 2]), sums, UNIT),
        jackknife.of_sums(lambda left: ratio(left[:, 1], left[:, 2]), sums, UNIT),
        difference(
            jackknife,
            lambda left: ratio(left[:, 1] - left[:, 0], left[:, 2]),
            sums,
            float(effective(sums[:, 2])),
        ),
    )
