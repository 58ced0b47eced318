"""What is counted within each patient, from patches that come patient by patient, those without IDC
first, and by rising score."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from idc_core.many.ranks import Steps
from idc_core.metrics.calibration import BINS, bin_of
from idc_core.metrics.confusion import ratio

Numbers = npt.NDArray[np.float64]
Owner = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Batch = tuple[Owner, Mask, Numbers]
"""Of each patch: the number of its patient, whether it has IDC, its score."""


@dataclass(slots=True)
class OwnSums:
    """Sums a patient, filled as patients go by (`add`).

    `within`: pairs of a patch with IDC and another of the same patient that the first wins, ties
    half. `squared`: of the distances of score and label. `cells`: patches, IDC patches and summed
    scores in each bin of equal width, (3, patients, `BINS`). `left`: average precision without the
    patient, where `steps` are given.
    """

    patients: int
    steps: Steps | None
    within: Numbers = field(init=False)
    squared: Numbers = field(init=False)
    cells: Numbers = field(init=False)
    left: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.within, self.squared = np.zeros(self.patients), np.zeros(self.patients)
        self.cells = np.zeros((3, self.patients, BINS))
        self.left = np.full(self.patients, np.nan)

    def add(self, patient: Owner, is_idc: Mask, score: Numbers) -> None:
        """All patches of some patients."""
        first = int(patient[0])
        many = int(patient[-1]) - first + 1
        own = patient - first
        here = slice(first, first + many)
        self.squared[here] = np.bincount(own, (score - is_idc) ** 2, minlength=many)
        cell = own * BINS + bin_of(score)
        for at, weights in enumerate((np.ones(len(cell)), is_idc, score)):
            self.cells[at, here] = np.bincount(
                cell, weights=weights, minlength=many * BINS
            ).reshape(many, BINS)
        ends = np.searchsorted(own, np.arange(many + 1))
        for number, (start, end) in enumerate(pairwise(ends)):
            self._one(first + number, is_idc[start:end], score[start:end])

    def _one(self, patient: int, is_idc: Mask, score: Numbers) -> None:
        split = int(np.searchsorted(is_idc, True))
        others, idc = score[:split], score[split:]
        if len(others) and len(idc):
            below = np.searchsorted(others, idc, side="left").sum()
            not_above = np.searchsorted(others, idc, side="right").sum()
            self.within[patient] = (int(below) + int(not_above)) / 2
        if self.steps is not None:
            self.left[patient] = _precision_without(self.steps, is_idc, score)


def _precision_without(steps: Steps, is_idc: Mask, score: Numbers) -> float:
    """Average precision of all patients but the one whose patches these are."""
    many = len(steps.scores)
    step = many - np.searchsorted(steps.scores[::-1], score, side="right")
    kept = steps.gain - np.bincount(step[is_idc], minlength=many)
    found = np.cumsum(kept)
    calls = steps.called - np.cumsum(np.bincount(step, minlength=many)[:many])
    return float(ratio(kept @ (found / np.maximum(calls, 1)), found[-1]))


def whole_patients(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same patches in batches that end where a patient ends."""
    kept: list[Batch] = []
    for patient, is_idc, score in batches:
        if not len(patient):
            continue
        last = int(np.searchsorted(patient, patient[-1]))
        if last == 0 and kept and kept[-1][0][-1] == patient[0]:
            kept.append((patient, is_idc, score))
            continue
        kept.append((patient[:last], is_idc[:last], score[:last]))
        if any(len(each[0]) for each in kept):
            yield _joined(kept)
        kept = [(patient[last:], is_idc[last:], score[last:])]
    if kept:
        yield _joined(kept)


def _joined(parts: list[Batch]) -> Batch:
    patient, is_idc, score = (np.concatenate(each) for each in zip(*parts, strict=True))
    return patient, is_idc, score
