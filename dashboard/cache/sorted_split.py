"""A split's scores in order, of all patients and of each: what counts and curves are made of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dashboard.charts import curves
from dashboard.charts.moves import Histogram
from dashboard.charts.template import Spec
from idc_core.many.stored import Stored
from idc_core.metrics.bands import Bands, bands
from idc_core.metrics.curves import Curve, Numbers, Ranked
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.records.raster import Raster
from idc_core.runs.patient_counts import Counted
from idc_core.threshold_table.grid import CURVE_POINTS, Scale, grid_of


@dataclass(frozen=True)
class SortedSplit(ABC):
    """One split of a run's predictions, whether its rows are in memory or not.

    It holds the patches whose label is known; `unlabelled` counts the others, which no figure
    includes. `raster` says what the classes are called.
    """

    ranked: Ranked
    patients: Counted
    jackknife: PatientJackknife
    raster: Raster
    unlabelled: int

    @property
    def patches(self) -> int:
        """How many patches have a label."""
        return len(self.ranked)

    @property
    @abstractmethod
    def only_calls(self) -> bool:
        """Whether every score is 0 or 1."""

    @property
    @abstractmethod
    def roc_auc_interval(self) -> Interval:
        """Area under the ROC curve with its interval over patients."""

    @property
    @abstractmethod
    def aucs(self) -> "np.ndarray":
        """ROC-AUC within each patient."""

    @cached_property
    def names(self) -> list[str]:
        """Names of the patients, sorted."""
        return [str(patient) for patient in self.patients.patients]

    @cached_property
    def grid(self) -> tuple[Numbers, Scale]:
        """Thresholds of the split's table, and the scale along which they move."""
        return grid_of(self.ranked)

    @cached_property
    def curve(self) -> Curve:
        """At most `CURVE_POINTS` points, for drawing."""
        return self.ranked.points(CURVE_POINTS)

    @cached_property
    def curve_table(self) -> pd.DataFrame:
        """The same points as a table for export."""
        names = ("thresholds", "sensitivity", "specificity", "precision")
        table = pd.DataFrame({name: getattr(self.curve, name) for name in names})
        return table.rename(columns={"thresholds": "at"})

    @cached_property
    def roc_auc(self) -> float:
        """Area under the ROC curve over all patches."""
        return self.ranked.roc_auc

    @cached_property
    def pr_auc(self) -> float:
        """Average precision over all patches."""
        return self.ranked.pr_auc

    @cached_property
    def curves(self) -> dict[str, curves.Drawn]:
        """ROC, precision-recall and workload curves, without the point of the threshold.

        Their bands are 95 % intervals over patients.
        """
        band = self._bands()
        prevalence = self.ranked.prevalence
        return {
            "roc": curves.roc(self.curve, self.raster, band.roc),
            "pr": curves.precision_recall(self.curve, self.raster, prevalence, band.pr),
            "workload": curves.workload(self.curve, self.raster, prevalence),
        }

    @cached_property
    def bins(self) -> Histogram:
        """Of the histogram, whatever the threshold."""
        return curves.bins_of(self.ranked)

    @cached_property
    def sent(self) -> dict[str, tuple[float, Spec]]:
        """Charts as they were last sent, by name, each with its threshold: most are sent again
        (`state/drawn_at.py`)."""
        return {}

    def _bands(self) -> Bands:
        return bands(self.patients.at, self.curve.thresholds)


@dataclass(frozen=True)
class StoredSplit(SortedSplit):
    """A split with too many predictions for memory: what is kept of it answers."""

    stored: Stored

    @property
    def only_calls(self) -> bool:
        """Whether every score is 0 or 1."""
        return self.stored.only_calls

    @cached_property
    def roc_auc_interval(self) -> Interval:
        """Area under the ROC curve with its interval over patients."""
        return self.stored.of_scores()["roc_auc"]

    @property
    def aucs(self) -> "np.ndarray":
        """ROC-AUC within each patient."""
        return self.stored.aucs

    def _bands(self) -> Bands:
        kept = self.stored.bands
        assert kept is not None, "what is opened has bands"
        return Bands(kept.roc.band(), kept.pr.band())


def of_stored(stored: Stored, raster: Raster) -> StoredSplit:
    """A split from what is kept of it."""
    found, unlabelled = stored.counted, stored.facts.unlabelled
    return StoredSplit(stored.ranked, found, stored.jackknife, raster, unlabelled, stored)
