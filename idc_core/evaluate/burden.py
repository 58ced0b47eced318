"""How much of each patient is IDC: by label, and by the model at a threshold.

Burden is the share of a patient's patches, so it is defined for whole slides only: in a sample it
is a share of the sample.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics.agreement import (
    BlandAltman,
    bland_altman,
    icc,
    kappa_interval,
    tables_of,
)
from idc_core.metrics.leave_one_out import Interval
from idc_core.runs.patient_counts import PatientCounts

EDGES = (0.1, 0.3, 0.6)
CLASSES = ("up to 10 %", "10–30 %", "30–60 %", "over 60 %")
"""Classes of burden; an upper end belongs to its class."""


@dataclass(frozen=True)
class Burdens:
    """One of each a whole patient: name, patches, share labelled, share called, mean score."""

    patients: tuple[str, ...]
    patches: npt.NDArray[np.int64]
    labelled: npt.NDArray[np.float64]
    called: npt.NDArray[np.float64]
    expected: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """How the predicted burden agrees with the labelled one, over whole patients."""

    bland_altman: BlandAltman
    icc: Interval
    kappa: Interval
    table: npt.NDArray[np.int64]
    """(4, 4): class by label, class by call."""


def burdens(patients: PatientCounts, threshold: float, whole: Collection[str]) -> Burdens:
    """The burdens of the patients that are `whole`, in the order of `patients`."""
    kept = np.array([str(name) in whole for name in patients.patients], bool)
    _, fp, fn, tp = patients.at(threshold)[kept].T
    size = patients.at(threshold)[kept].sum(axis=1)
    score = patients.sums(np.asarray(patients.scores, np.float64)[:, None])[kept, 0]
    return Burdens(
        tuple(str(name) for name in patients.patients[kept]),
        size,
        (fn + tp) / size,
        (fp + tp) / size,
        score / size,
    )


def class_of(share: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The number of the class of each share, from 0.

    >>> class_of([0.0, 0.1, 0.2, 0.61]).tolist()
    [0, 0, 1, 3]
    """
    return np.digitize(np.asarray(share, np.float64), EDGES, right=True)


def agreement(found: Burdens) -> Agreement:
    """Bland–Altman of called minus labelled, ICC(2,1), and kappa of the classes with quadratic
    weights; what needs more patients than there are is `nan`."""
    one, other = class_of(found.labelled), class_of(found.called)
    tables = tables_of(np.arange(len(one)), one, other, len(CLASSES))
    return Agreement(
        bland_altman(found.labelled, found.called),
        icc(found.labelled, found.called),
        kappa_interval(tables, "quadratic"),
        tables.sum(axis=0).astype(np.int64),
    )
