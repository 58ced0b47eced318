"""Every slice judged alone: its figure, its interval, and how far it is from the rest.

A threshold move costs one binary search for all patients of a slice; nothing is counted again.
Intervals leave out one patient of the slice in turn. A patient may have patches in a slice and in
the rest, so for their difference the patient is left out of both together.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from idc_core.evaluate.slices.attributes import Attribute
from idc_core.metrics import catalogue
from idc_core.metrics.areas import LeftOut, roc_auc_left_out
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.coverage_reached import PATIENTS
from idc_core.metrics.leave_one_out import (
    UNIT,
    difference_interval,
    effective,
    jackknife_interval,
)
from idc_core.metrics.sorted_scores import Segments, segments
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.runs.patient_counts import Counted, PatientCounts

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Apart:
    """How far a slice is from the rest, and how far without each patient of the split, (patients,);
    none where that is not defined."""

    difference: Interval = field(default_factory=lambda: Interval(*3 * (float("nan"),)))
    left_out: Numbers = field(default_factory=lambda: np.zeros(0), compare=False)


Areas = list[tuple[Interval, Apart]]
"""Figure and difference from the rest, one a value."""

AREA = "roc_auc"
RATE_NAMES = ("sensitivity", "specificity", "balanced_accuracy", "f1")
COMPARED_BY = (*RATE_NAMES, AREA)
"""What slices can be compared by."""

FEW_PATCHES = 50
FEW_PATIENTS = 5
"""A slice with fewer is shown, but neither judged nor named."""

FEWEST = PATIENTS[0]
"""Patients from which coverage was measured: a figure of fewer has no interval."""

_UNDEFINED = Interval(float("nan"), float("nan"), float("nan"))
_OF_CLASS = ((0, 1), (2, 3))
"""Which of tn, fp, fn, tp are patches without and with IDC."""


class Cut(Protocol):
    """An attribute's patches, counted a value and patient at any threshold."""

    @property
    def attribute(self) -> Attribute:
        """Of which the values are."""

    def at(self, threshold: float) -> Counts:
        """Counts, shape (values, patients, 4): tn, fp, fn, tp."""


@dataclass(frozen=True)
class OfPatients:
    """An attribute that all patches of a patient share; `value` has one number per patient."""

    attribute: Attribute
    value: npt.NDArray[np.int8]
    counted: Counted

    def at(self, threshold: float) -> Counts:
        """Counts a value and patient, shape (values, patients, 4): tn, fp, fn, tp."""
        found = np.zeros((len(self.attribute.values), len(self.counted), 4), np.int64)
        found[self.value, np.arange(len(self.counted))] = self.counted.at(threshold)
        return found


@dataclass(frozen=True)
class Sliced:
    """An attribute's patches with and without IDC, sorted by value, patient and score."""

    attribute: Attribute
    patients: int
    idc: Segments
    others: Segments

    def at(self, threshold: float) -> Counts:
        """Counts a value and patient, shape (values, patients, 4): tn, fp, fn, tp."""
        fn, tn = self.idc.below(threshold), self.others.below(threshold)
        tp, fp = np.diff(self.idc.starts) - fn, np.diff(self.others.starts) - tn
        shape = (len(self.attribute.values), self.patients, 4)
        return np.stack([tn, fp, fn, tp], axis=1).reshape(shape)


@dataclass(frozen=True, slots=True)
class Slice:
    """One value of an attribute, judged by one metric.

    `patches`, `patients`, `idc` are what it holds; `counted_*` what the metric rests on; `rates`
    are those of `RATE_NAMES`; `difference` is from all patches of the split outside the slice, and
    `left_out` what it is without each patient of the split.
    """

    attribute: str
    title: str
    value: str
    label: str
    patches: int
    patients: int
    idc: int
    counted_patches: int
    counted_patients: int
    metric: str
    figure: Interval
    difference: Interval
    rates: dict[str, Interval]
    left_out: Numbers = field(default_factory=lambda: np.zeros(0), compare=False, repr=False)

    @property
    def key(self) -> str:
        """What an address calls it."""
        return f"{self.attribute}:{self.value}"

    @property
    def small(self) -> bool:
        """Whether it rests on too little to be judged."""
        return self.counted_patches < FEW_PATCHES or self.counted_patients < FEW_PATIENTS


def sliced(attribute: Attribute, patients: PatientCounts) -> Sliced:
    """Sort once; `attribute.codes` are those of the rows of `patients`."""
    owners = len(patients)
    group = attribute.codes.astype(np.int64) * owners + patients.owner
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0) :]
    size = len(attribute.values) * owners
    idc, others = (_segments(patients, group, order, label, size) for label in (1, 0))
    return Sliced(attribute, owners, idc, others)


def _segments(
    patients: PatientCounts, group: Counts, order: Counts, label: int, size: int
) -> Segments:
    own = order[patients.labels[order] == label]
    return segments(patients.scores[own], group[own], size)


def judged(
    cut: Cut, whole: Counts, threshold: float, metric: str, areas: Areas | None = None
) -> list[Slice]:
    """Every value of one attribute that holds a patch, in the attribute's order.

    `whole` are the split's counts a patient at the threshold. `areas` are what `slice_aucs` found,
    for the metric `AREA`, which needs no threshold; without them it is not defined.
    """
    attribute, found = cut.attribute, []
    for value, own in enumerate(cut.at(threshold)):
        if not own.any():
            continue
        figure, apart = areas[value] if areas and metric == AREA else (None, Apart())
        if metric != AREA:
            apart = _apart(own, whole - own, metric)
        found.append(
            alone(
                (attribute.name, attribute.title, attribute.values[value], attribute.label(value)),
                own,
                metric,
                figure,
                apart,
            )
        )
    return found


def alone(
    names: tuple[str, str, str, str],
    counts: Counts,
    metric: str,
    area: Interval | None = None,
    apart: Apart | None = None,
) -> Slice:
    """A slice from its counts a patient, (patients, 4); `names`: attribute, title, value, label.

    A metric whose class the slice does not hold is undefined, F1 without IDC too.
    """
    own = counts[counts.any(axis=1)]
    rates = PatientJackknife(len(own)).of_rates(own, RATE_NAMES)
    rates = {
        name: _given(found, _counted(own, name)) if _defined(own, name) else _UNDEFINED
        for name, found in rates.items()
    }
    groups = [own[:, group].sum(axis=1) for group in _counted_on(metric)]
    counted = _counted(own, metric)
    difference = apart.difference if apart is not None else _UNDEFINED
    return Slice(
        *names,
        patches=int(own.sum()),
        patients=len(own),
        idc=int(own[:, 2:].sum()),
        counted_patches=min(int(group.sum()) for group in groups),
        counted_patients=counted,
        metric=metric,
        figure=rates[metric] if metric != AREA else _given(area or _UNDEFINED, counted),
        difference=_given(difference, counted),
        rates=rates,
        left_out=apart.left_out if apart is not None else np.zeros(0),
    )


def _counted(own: Counts, metric: str) -> int:
    """How many patients the metric rests on."""
    return min(int((own[:, group].sum(axis=1) > 0).sum()) for group in _counted_on(metric))


def _given(found: Interval, patients: int) -> Interval:
    """The figure without its interval where so few patients were never simulated: two who agree by
    chance would give a narrow one."""
    return found if patients >= FEWEST else Interval(found.value, float("nan"), float("nan"))


def slice_aucs(cut: Sliced, patients: PatientCounts, *, compare: bool = True) -> Areas:
    """ROC-AUC of each value; its difference from the rest, if they are to be compared."""
    owner, codes = patients.owner, cut.attribute.codes
    found = []
    for value in range(len(cut.attribute.values)):
        own = codes == value
        sizes = [
            np.bincount(owner[own & (patients.labels == label)], minlength=len(patients))
            for label in (1, 0)
        ]
        rest = _left_out(patients, owner, ~own) if compare else None
        found.append(area_of(_left_out(patients, owner, own), rest, *sizes))
    return found


def area_of(
    inside: LeftOut, rest: LeftOut | None, idc: npt.ArrayLike, others: npt.ArrayLike
) -> tuple[Interval, Apart]:
    """ROC-AUC of a slice and, where its `rest` is given, how far it is from that.

    `idc`, `others`: patches of the slice a patient of the split.
    """
    apart = Apart()
    if rest is not None:
        left = inside.left_out - rest.left_out
        apart = Apart(difference_interval(inside.value - rest.value, left), left)
    sizes = np.asarray(idc), np.asarray(others)
    # Only patients of the slice are left out: the others change nothing.
    own = inside.left_out[sizes[0] + sizes[1] > 0]
    patients = min(float(effective(size)) for size in sizes)
    return jackknife_interval(inside.value, own, UNIT, patients), apart


def _left_out(patients: PatientCounts, owner: Counts, rows: npt.NDArray[np.bool_]) -> LeftOut:
    return roc_auc_left_out(
        owner[rows], patients.labels[rows], patients.scores[rows], len(patients)
    )


def _apart(own: Counts, rest: Counts, metric: str) -> Apart:
    if not (_defined(own, metric) and _defined(rest, metric)):
        return Apart()
    rate = RATES[metric]
    value, left = (
        rate(*np.moveaxis(mine, -1, 0)) - rate(*np.moveaxis(theirs, -1, 0))
        for mine, theirs in (
            (own.sum(axis=0), rest.sum(axis=0)),
            (own.sum(axis=0) - own, rest.sum(axis=0) - rest),
        )
    )
    within = catalogue.METRICS[metric].bounds
    return Apart(difference_interval(float(value), left, within), left)


def _defined(counts: Counts, metric: str) -> bool:
    return all(counts[:, group].any() for group in _counted_on(metric))


def _counted_on(metric: str) -> list[tuple[int, ...]]:
    """Groups of tn, fp, fn, tp whose patches a metric needs; the scarcer group decides."""
    return [_OF_CLASS[label] for label in catalogue.METRICS[metric].classes]
