"""Metrics that need scores but no threshold: areas under curves, and scores as probabilities."""

import math
from typing import TYPE_CHECKING

import numpy as np

from idc_core.metrics import calibration
from idc_core.metrics.catalogue.record import LEFT_OUT, NO_INTERVAL, Metric, Scored
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import UNIT, Interval

if TYPE_CHECKING:
    from idc_core.metrics.uncertainty import PatientJackknife


def _roc_auc(found: Scored, jackknife: "PatientJackknife") -> Interval:
    return jackknife.of_roc_auc_scores(found.owner, found.labels, found.scores)


def _pr_auc(found: Scored, jackknife: "PatientJackknife") -> Interval:
    return jackknife.of_average_precision(found.owner, found.labels, found.scores)


def brier_score(found: Scored, jackknife: "PatientJackknife") -> Interval:
    """Mean squared difference between score and label, with its interval."""
    squared = (found.scores - found.labels) ** 2
    sums = found.sums(np.stack([np.ones(len(squared)), squared], axis=1))
    return jackknife.of_sums(lambda left: ratio(left[:, 1], left[:, 0]), sums, UNIT)


def expected_error(found: Scored, jackknife: "PatientJackknife") -> Interval:
    """The expected calibration error, which has no interval."""
    # Without an interval: `calibration.ece` says why.
    return Interval(calibration.ece(found.labels, found.scores), math.nan, math.nan)


OF_SCORES = (
    Metric(
        key="roc_auc",
        title="ROC-AUC",
        inline="ROC-AUC",
        sentence="probability that an IDC patch scores higher than one without; ties count half",
        counted_on="every pair of one patch with and one without IDC",
        bounds=UNIT,
        better="higher",
        interval=LEFT_OUT,
        formula="exact, from ranks",
        source="Hanley & McNeil 1982, "
        "[10.1148/radiology.143.1.7063747](https://doi.org/10.1148/radiology.143.1.7063747)",
        not_when="to choose a threshold; where only one end of the curve can be used",
        chapter="scores",
        of_scores=_roc_auc,
    ),
    Metric(
        key="pr_auc",
        title="PR-AUC",
        inline="PR-AUC",
        listed="PR-AUC (average precision)",
        report_title="PR-AUC (average precision)",
        sentence="mean precision at the score of each IDC patch",
        counted_on="all patches, ranked by score",
        bounds=UNIT,
        better="higher",
        interval=LEFT_OUT,
        formula="mean over IDC patches of the precision at their score",
        source="Boyd et al. 2013, "
        "[10.1007/978-3-642-40994-3_29](https://doi.org/10.1007/978-3-642-40994-3_29)",
        not_when="to compare sets of different prevalence",
        chapter="scores",
        moves_with_prevalence=True,
        of_scores=_pr_auc,
    ),
    Metric(
        key="brier",
        title="Brier score",
        inline="Brier score",
        report_title="Brier score (0 is best)",
        sentence="mean squared difference between score and label",
        counted_on="score and label of every patch",
        bounds=UNIT,
        better="lower",
        best="0 is best",
        interval=LEFT_OUT,
        formula="Σ (s − y)² / n",
        source="Brier 1950",
        not_when="to compare sets of different prevalence",
        chapter="probabilities",
        of_scores=brier_score,
    ),
    Metric(
        key="ece",
        title="ECE",
        inline="ECE",
        report_title="Expected calibration error (0 is best)",
        sentence="mean difference between score and share of IDC per bin, weighted by patches",
        counted_on="mean score and share of IDC in 15 bins of equal width",
        bounds=UNIT,
        better="lower",
        best="0 is best",
        interval=f"{NO_INTERVAL}: no method reached its coverage ([coverage.md](coverage.md))",
        formula="Σ nₖ/n · abs(mean scoreₖ − shareₖ)",
        source="Guo et al. 2017, [1706.04599](https://arxiv.org/abs/1706.04599)",
        not_when="to compare small sets: chance and sparse bins increase it. It depends on the "
        "number of bins",
        chapter="probabilities",
        of_scores=expected_error,
    ),
    Metric(
        key="workload",
        title="Workload",
        sentence="share of patches to review, highest scores first, to find x % of the IDC",
        counted_on="all patches, ranked by score",
        bounds=UNIT,
        better="lower",
        interval=LEFT_OUT,
        formula="(TP + FP) / n at the threshold that finds x %",
        source="the share itself",
        not_when="at another prevalence: there is more or less to review",
        chapter="scores",
        moves_with_prevalence=True,
    ),
)
