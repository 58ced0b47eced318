"""Calibration figures, computed once per run, split and recalibration."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.predictions import SplitScores
from dashboard.cache.sorted_split import StoredSplit
from dashboard.cache.stamps import Stamp
from idc_core.evaluate.calibrated import Calibrated, calibrated
from idc_core.evaluate.recalibration import ScoreMap, fit_all
from idc_core.many import calibrated as many_calibrated
from idc_core.runs.run import Run

RAW = "raw scores"


def maps(run: Run) -> Mapping[str, ScoreMap]:
    """Recalibrations fitted on the run's raw validation scores; none without both classes, and of
    predictions too many for memory."""
    file = run.scores_file
    if not file.is_file() or predictions.are_too_many(run):
        return {}
    return _maps(str(run.path), stamps.stamp(file))


def judged(
    run: Run, split: str, chosen: ScoreMap | None, *, equal_counts: bool
) -> Calibrated | None:
    """One split's scores after a recalibration (None: raw); None where it has no patch.

    Of predictions too many for memory, the scores that the run shows.
    """
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
) -> Calibrated | None:
    run = runs.run(path)
    if predictions.are_too_many(run):
        kept = predictions.sorted_scores(run, split)
        if not isinstance(kept, StoredSplit):
            return None
        return many_calibrated.of(kept.stored, equal_counts=equal_counts)
    found = predictions.scores(run, split, raw=True)
    return None if found is None else judge(found, _chosen, equal_counts=equal_counts)


def judge(found: SplitScores, chosen: ScoreMap | None, *, equal_counts: bool) -> Calibrated:
    """Compare raw scores, or what a recalibration makes of them, with the labels."""
    scores = found.patients.scores
    if chosen is not None:
        scores = chosen.apply(scores).astype(np.float64)
    return calibrated(found.patients, found.jackknife, scores, equal_counts=equal_counts)
