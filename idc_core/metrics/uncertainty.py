"""How sure is a figure, if other patients had come?

Patches of one patient resemble each other, so the patient is the unit. Intervals come from what a
figure becomes without each patient in turn (`leave_one_out` has the method and its sources,
`docs/coverage.md` how often it holds the truth); they need no resampling, so a slider can ask for
them at every move.

Resamples of whole patients with replacement (cluster bootstrap; Field & Welsh 2007,
10.1111/j.1467-9868.2007.00593.x) are for what has no other answer (`resampled`). A resample is a
row of weights: how often each patient was drawn. They are drawn when first asked for; a figure that
is a function of sums over patients is then one matrix product for all resamples.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from idc_core.metrics.areas import (
    LeftOut,
    Owner,
    average_precision_left_out,
    roc_auc_left_out,
)
from idc_core.metrics.catalogue import METRICS, RATES, rate_of
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import (
    SIGNED_UNIT,
    UNIT,
    Bounds,
    Interval,
    Numbers,
    difference_interval,
    effective,
    jackknife_interval,
    limits,
    median_interval,
    unmoved,
)
from idc_core.metrics.parts import widened

__all__ = ["FEW_PATIENTS", "RESAMPLES", "Interval", "Numbers", "PatientJackknife"]

RESAMPLES = 2000
_MOST_KEPT = 40_000_000
"""Weights that are kept in memory; of more, a few resamples are drawn at a time, each time anew."""
FEW_PATIENTS = 20
"""With fewer patients than this an interval is unreliable."""


class PatientJackknife:
    """Intervals for `patients` patients, and their resamples, the same for the same seed."""

    def __init__(self, patients: int, *, resamples: int = RESAMPLES, seed: int = 0) -> None:
        self.patients, self.resamples, self.seed = patients, resamples, seed

    def of_rates(self, counts: npt.ArrayLike, names: tuple[str, ...]) -> dict[str, Interval]:
        """Intervals of `RATES` from counts a patient, shape (patients, 4): tn, fp, fn, tp.

        Rates made of others are at least as unsure as a part that lies on a bound (`parts`).
        """
        counts = np.asarray(counts, dtype=np.float64)
        made_of = {name: whole for name in names if (whole := rate_of(name).made_of)}
        needed = [part for whole in made_of.values() for part in whole.parts]
        found = self._rates(counts, tuple(dict.fromkeys((*names, *needed))))
        wider = {
            name: widened(whole, found[name], found, counts, METRICS[name].bounds)
            for name, whole in made_of.items()
        }
        return {name: wider.get(name, found[name]) for name in names}

    def _rates(self, counts: Numbers, names: tuple[str, ...]) -> dict[str, Interval]:
        total = counts.sum(axis=0)
        without = (total - counts).T
        found: dict[str, Interval] = {}
        for within in dict.fromkeys(METRICS[name].bounds for name in names):
            chosen = [name for name in names if METRICS[name].bounds == within]
            values = np.array([float(RATES[name](*total)) for name in chosen])
            left = np.stack([RATES[name](*without) for name in chosen], axis=1)
            low, high = limits(
                values, left, within, [effective_patients(counts, name) for name in chosen]
            )
            for at, name in enumerate(chosen):
                found[name] = Interval(float(values[at]), float(low[at]), float(high[at]))
        return found

    def of_sums(
        self,
        figure: Callable[[Numbers], npt.ArrayLike],
        per_patient: Numbers,
        within: Bounds | None = None,
    ) -> Interval:
        """Interval of a function of sums over patients; `per_patient` has a row per patient.

        `figure` takes sums, shape (m, k), and gives m figures; it should be smooth in the sums.
        `within` are the bounds that its interval must not leave ((0, 1) for a rate), if any.
        """
        per_patient = np.asarray(per_patient, dtype=np.float64)
        total = per_patient.sum(axis=0)
        value = float(np.asarray(figure(total[None]), dtype=np.float64)[0])
        patients = float((per_patient != 0).any(axis=1).sum())
        return jackknife_interval(value, figure(total - per_patient), within, max(patients, 1.0))

    def of_roc_auc_scores(
        self, owner: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating]
    ) -> Interval:
        """Interval of the exact AUC (ties half) from patches."""
        found = roc_auc_left_out(owner, labels, scores, self.patients)
        return area_interval(found, *self._classes(owner, labels))

    def of_roc_auc_difference(
        self,
        owner: Owner,
        labels: npt.ArrayLike,
        a: npt.NDArray[np.floating],
        b: npt.NDArray[np.floating],
    ) -> tuple[Interval, Interval, Interval, Numbers]:
        """AUC of A's scores, of B's of the same patches, and B - A: left out of both together; and
        B - A without each patient."""
        of_a, of_b = (roc_auc_left_out(owner, labels, each, self.patients) for each in (a, b))
        classes = self._classes(owner, labels)
        apart = difference_interval(of_b.value - of_a.value, of_b.left_out - of_a.left_out)
        if (of_a.left_out == of_b.left_out).all():
            apart = unmoved(min(float(effective(each)) for each in classes))
        left = of_b.left_out - of_a.left_out
        return area_interval(of_a, *classes), area_interval(of_b, *classes), apart, left

    def of_average_precision(
        self, owner: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating]
    ) -> Interval:
        """Interval of average precision (area under precision-recall) from patches."""
        found = average_precision_left_out(owner, labels, scores, self.patients)
        return area_interval(found, self._classes(owner, labels)[0])

    def of_mean(self, rates: Numbers) -> Interval:
        """Interval of the mean of one rate a patient, over the patients that have one.

        Taken as bounded by 0 and 1, or by -1 and 1 where one is negative.
        """
        defined = np.isfinite(rates)
        return self.of_sums(
            lambda sums: ratio(sums[:, 0], sums[:, 1]),
            np.stack([np.where(defined, rates, 0), defined], axis=1).astype(np.float64)[defined],
            SIGNED_UNIT if (rates[defined] < 0).any() else UNIT,
        )

    def of_median(self, rates: Numbers) -> Interval:
        """Interval of the median of one rate a patient, over the patients that have one."""
        return median_interval(rates[np.isfinite(rates)])

    @cached_property
    def weights(self) -> npt.NDArray[np.float32]:
        """How often each resample drew each patient, shape (resamples, patients)."""
        return np.concatenate(list(self._drawn(self.resamples)))

    @cached_property
    def _double(self) -> Numbers:
        # The same numbers again: converting them at every call took longer than the product.
        return self.weights.astype(np.float64)

    def sums(self, per_patient: Numbers) -> Numbers:
        """Sums over each resample's patients; (patients, k) → (resamples, k)."""
        if self.patients * self.resamples > _MOST_KEPT:
            some = max(1, _MOST_KEPT // 20 // self.patients)
            return np.concatenate([each.astype(float) @ per_patient for each in self._drawn(some)])
        summed: Numbers = self._double @ per_patient
        return summed

    def _drawn(self, some: int) -> Iterator[npt.NDArray[np.float32]]:
        """The weights, `some` resamples at a time."""
        rng = np.random.default_rng(self.seed)
        even = np.full(self.patients, 1 / max(1, self.patients))
        for first in range(0, self.resamples, some):
            size = min(some, self.resamples - first)
            if self.patients:
                yield rng.multinomial(self.patients, even, size=size).astype(np.float32)
            else:
                yield np.zeros((size, 0), dtype=np.float32)

    def _classes(self, owner: Owner, labels: npt.ArrayLike) -> tuple[Numbers, Numbers]:
        """Patches a patient with IDC, and without."""
        is_idc = np.asarray(labels) == 1
        idc, others = (
            np.bincount(owner, weights=each, minlength=self.patients).astype(np.float64)
            for each in (is_idc, ~is_idc)
        )
        return idc, others


def effective_patients(counts: Numbers, name: str) -> float:
    """How many patients of equal size a rate rests on."""
    groups = [counts[:, group].sum(axis=1) for group in rate_of(name).rests_on]
    return min(float(effective(group)) for group in groups)


def area_interval(found: LeftOut, *classes: Numbers) -> Interval:
    """Interval of an area; `classes`: patches a patient of each class that it is made of."""
    patients = min(float(effective(each)) for each in classes)
    return jackknife_interval(found.value, found.left_out, UNIT, patients)
