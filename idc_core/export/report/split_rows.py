"""One split of a run as its figures count it, whether its rows are in memory or not."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from idc_core.data.shown_splits import rows_in
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.calibrated import Calibrated, calibrated
from idc_core.evaluate.decision import decision_table
from idc_core.evaluate.slices import attributes, cut_store, joined_store
from idc_core.evaluate.slices.table import Cut, sliced
from idc_core.many import calibrated as many_calibrated
from idc_core.many import subgroups
from idc_core.many.stored import Stored
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import Raster
from idc_core.runs.patient_counts import Counted, PatientCounts, by_patient


@dataclass(frozen=True)
class JudgedSplit(ABC):
    """Labelled patches of one split, judged at `threshold`."""

    name: str
    threshold: float
    patients: Counted
    ranked: Ranked

    @property
    def both_classes(self) -> bool:
        """Whether IDC and other patches are there."""
        return bool(len(self.ranked.positive) and len(self.ranked.negative))

    @property
    @abstractmethod
    def calibrated(self) -> Calibrated:
        """Calibration in bins of equal width."""

    @property
    @abstractmethod
    def decision(self) -> pd.DataFrame:
        """The decision curve: `evaluate.decision`."""

    @abstractmethod
    def cuts(
        self, store: PatchStore | None, raster: Raster, *, sampled_labels: bool
    ) -> Sequence[Cut]:
        """The attributes by which its patches are known without pixels; sizes only with the
        store."""


@dataclass(frozen=True)
class SplitRows(JudgedSplit):
    """The same with its `rows`, in the order of `patients`."""

    patients: PatientCounts
    rows: pd.DataFrame

    @cached_property
    def calibrated(self) -> Calibrated:
        """Calibration in bins of equal width."""
        jackknife = PatientJackknife(len(self.patients))
        return calibrated(self.patients, jackknife, self.patients.scores, equal_counts=False)

    @cached_property
    def decision(self) -> pd.DataFrame:
        """The decision curve: `evaluate.decision`."""
        return decision_table(self.patients.at, self.ranked.prevalence)

    def cuts(
        self, store: PatchStore | None, raster: Raster, *, sampled_labels: bool
    ) -> Sequence[Cut]:
        """All attributes that are known without pixels."""
        names = self.patients.patients
        known = attributes.without_pixels(
            self.rows, names, store, raster, sampled_labels=sampled_labels
        )
        known += joined_store.of_joined(self.rows, store)
        known += cut_store.of_cut(self.rows, store)
        return [sliced(each, self.patients) for each in known]


@dataclass(frozen=True)
class StoredRows(JudgedSplit):
    """The same of too many predictions for memory: what is kept of them."""

    stored: Stored

    @property
    def calibrated(self) -> Calibrated:
        """Calibration in bins of equal width."""
        return many_calibrated.of(self.stored, equal_counts=False)

    @property
    def decision(self) -> pd.DataFrame:
        """The decision curve: `evaluate.decision`."""
        return self.stored.decision

    def cuts(
        self, store: PatchStore | None, raster: Raster, *, sampled_labels: bool
    ) -> Sequence[Cut]:
        """By what a patient's patches share."""
        return [subgroups.by_burden(self.stored, raster)]


def split_rows(predictions: pd.DataFrame, split: str, threshold: float) -> SplitRows:
    """Sort a split's labelled predictions by patient, and count them.

    Raises `ValueError` for a bad label, score or patient.
    """
    own = rows_in(predictions, split)
    own = own.assign(patient=own["patient"].astype(str))
    # As `by_patient` sorts a patient's rows stay in their order, so that both agree row by row.
    rows = own.sort_values("patient", kind="stable", ignore_index=True)
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    return SplitRows(split, threshold, by_patient(rows), ranked, rows)


def stored_rows(stored: Stored, split: str, threshold: float) -> StoredRows:
    """A split from what is kept of it."""
    return StoredRows(split, threshold, stored.counted, stored.ranked, stored)
