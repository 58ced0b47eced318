"""Calibration figures, computed once per run, split and recalibration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.predictions import SplitScores
from dashboard.cache.stamps import Stamp
from idc_core.evaluate.recalibration import ScoreMap, fit_all
from idc_core.metrics import calibration, calibration_fit
from idc_core.metrics.calibration import BINS, BrierParts
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.confusion import ratio
from idc_core.metrics.resampled import interval
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.runs.patient_counts import PatientCounts
from idc_core.runs.run import Run

Numbers = npt.NDArray[np.float64]

RAW = "raw scores"


@dataclass(frozen=True)
class Judged:
    """Calibration of one split's scores; `bins` and `patients` are tables.

    `ece` has no interval: none is known to be reliable (`calibration.ece`).
    """

    bins: pd.DataFrame
    patients: pd.DataFrame
    ece: float
    brier: Interval
    parts: BrierParts
    fitted: Fitted
    auc: Interval


def maps(run: Run) -> Mapping[str, ScoreMap]:
    """Recalibrations fitted on the run's raw validation scores; none without both classes."""
    file = run.scores_file
    return _maps(str(run.path), stamps.stamp(file)) if file.is_file() else {}


def judged(run: Run, split: str, chosen: ScoreMap | None, *, equal_counts: bool) -> Judged | None:
    """One split's scores after a recalibration (None: raw); None where it has no patch."""
    stamp = stamps.stamp(run.scores_file)
    return _judged(
        str(run.path),
        split,
        None if chosen is None else chosen.id,
        equal_counts,
        stamp,
        _chosen=chosen,
    )


@st.cache_resource(max_entries=8, show_spinner="Fitting recalibrations on validation …")
def _maps(path: str, stamp: Stamp) -> Mapping[str, ScoreMap]:
    found = predictions.scores(runs.run(path), "validation", raw=True)
    return {} if found is None else fit_all(found.rows)


@st.cache_resource(max_entries=24, show_spinner="Comparing scores with labels …")
def _judged(
    path: str,
    split: str,
    name: str | None,
    equal_counts: bool,
    stamp: Stamp,
    _chosen: ScoreMap | None,
) -> Judged | None:
    found = predictions.scores(runs.run(path), split, raw=True)
    if found is None:
        return None
    scores = found.patients.scores
    if _chosen is not None:
        scores = _chosen.apply(scores).astype(np.float64)
    return judge(found, scores, equal_counts=equal_counts)


def judge(found: SplitScores, scores: Numbers, *, equal_counts: bool) -> Judged:
    """Compare scores, in the order of `found.patients`, with the labels."""
    patients, jackknife = found.patients, found.jackknife
    labels, owner = patients.labels, patients.owner
    edges = calibration.equal_counts(scores, BINS) if equal_counts else calibration.equal_widths()
    n, idc, summed = _cells(patients, scores, np.searchsorted(edges, scores, side="right"), edges)
    squared = patients.sums(np.stack([np.ones(len(labels)), (scores - labels) ** 2], axis=1))
    return Judged(
        _bins(found, n, idc, summed, edges),
        _patients(patients, n.sum(axis=1), idc.sum(axis=1), summed.sum(axis=1)),
        calibration.ece(labels, scores),
        jackknife.of_sums(lambda drawn: ratio(drawn[:, 1], drawn[:, 0]), squared, within=(0, 1)),
        calibration.brier_parts(labels, scores, edges),
        calibration_fit.fitted(labels, scores, owner, len(patients)),
        jackknife.of_roc_auc_scores(owner, labels, scores),
    )


def _cells(
    patients: PatientCounts, scores: Numbers, bins: npt.NDArray[np.int64], edges: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Patches, IDC patches and summed scores, each (patients, bins)."""
    count = len(edges) + 1
    cell, size = patients.owner * count + bins, len(patients) * count
    n, idc, summed = (
        np.bincount(cell, weights=weights, minlength=size).astype(np.float64).reshape(-1, count)
        for weights in (np.ones(len(cell)), patients.labels, scores)
    )
    return n, idc, summed


def _bins(
    found: SplitScores, n: Numbers, idc: Numbers, summed: Numbers, edges: Numbers
) -> pd.DataFrame:
    """One row per bin that has patches."""
    rows = []
    outer = np.concatenate([[0.0], edges, [1.0]])
    for at in np.flatnonzero(n.sum(axis=0)):
        columns = np.stack([idc[:, at], n[:, at]], axis=1)
        share = _resampled(found.jackknife, lambda sums: ratio(sums[:, 0], sums[:, 1]), columns)
        patches = int(n[:, at].sum())
        rows.append(
            {
                "low_edge": outer[at],
                "high_edge": outer[at + 1],
                "score": summed[:, at].sum() / patches,
                "share": share.value,
                "low": share.low,
                "high": share.high,
                "patches": patches,
                "idc": int(idc[:, at].sum()),
                "patients": int((n[:, at] > 0).sum()),
            }
        )
    return pd.DataFrame(rows)


def _resampled(
    jackknife: PatientJackknife, figure: Callable[[Numbers], Numbers], per_patient: Numbers
) -> Interval:
    """Percentiles of resampled patients.

    A bin may have only one or two patients: leaving one out says too little there.
    """
    value = float(figure(per_patient.sum(axis=0)[None])[0])
    return interval(value, figure(jackknife.sums(per_patient)))


def _patients(patients: PatientCounts, n: Numbers, idc: Numbers, summed: Numbers) -> pd.DataFrame:
    """One row per patient, from scores too low to too high."""
    table = pd.DataFrame(
        {
            "patient": patients.patients.astype(str),
            "gap": calibration.in_the_large(n, idc, summed),
            "score": summed / n,
            "share": idc / n,
            "patches": n.astype(int),
        }
    )
    ordered = table.sort_values(["gap", "patient"], ignore_index=True)
    return ordered.assign(place=np.arange(len(ordered)))
