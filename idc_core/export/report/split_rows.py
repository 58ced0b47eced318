"""One split of a run, sorted as its figures count it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from idc_core.data.shown_splits import rows_in
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import PatientCounts, by_patient


@dataclass(frozen=True)
class SplitRows:
    """Labelled patches of one split: `rows` in the order of `patients`, judged at `threshold`."""

    name: str
    rows: pd.DataFrame
    patients: PatientCounts
    threshold: float

    @property
    def jackknife(self) -> PatientJackknife:
        """What makes its intervals."""
        return PatientJackknife(len(self.patients))

    @property
    def both_classes(self) -> bool:
        """Whether IDC and other patches are there."""
        return bool(np.unique(self.patients.labels).size == 2)


def split_rows(predictions: pd.DataFrame, split: str, threshold: float) -> SplitRows:
    """Sort a split's labelled predictions by patient, and count them.

    Raises `ValueError` for a bad label, score or patient.
    """
    own = rows_in(predictions, split)
    own = own.assign(patient=own["patient"].astype(str))
    # As `by_patient` sorts a patient's rows stay in their order, so that both agree row by row.
    rows = own.sort_values("patient", kind="stable", ignore_index=True)
    return SplitRows(split, rows, by_patient(rows), threshold)
