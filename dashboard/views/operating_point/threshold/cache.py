"""The uncertainty of the chosen threshold itself, computed once per run, rule and scores."""

import numpy as np
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.stamps import Stamp
from idc_core.metrics import workload
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.threshold_range import threshold_range
from idc_core.runs.run import Run


def chosen_range(run: Run, rule: str) -> Interval | None:
    """The threshold that `rule` chooses on validation, with its 95 % interval for new patients.

    None without a validation split, where the rule cannot choose on it, or with too many
    predictions: every distinct score is asked.
    """
    if predictions.are_too_many(run):
        return None
    file = run.scores_file
    return _chosen_range(str(run.path), rule, run.calibration_id(), stamps.stamp(file))


@st.cache_resource(max_entries=24, show_spinner="Estimating the uncertainty of the threshold …")
def _chosen_range(path: str, rule: str, calibration: str | None, stamp: Stamp) -> Interval | None:
    found = predictions.scores(runs.run(path), "validation")
    if found is None:
        return None
    try:
        return threshold_range(found.ranked, rule, found.patients.at)
    except ValueError:
        return None


def workload_interval(run: Run, split: str, share: float) -> Interval | None:
    """Share of the patches to review to find `share` of the IDC, with its 95 % interval.

    None where the split has no patch, or too many.
    """
    if predictions.are_too_many(run):
        return None
    file = run.scores_file
    return _workload(str(run.path), split, run.calibration_id(), stamps.stamp(file), share)


@st.cache_resource(max_entries=24, show_spinner=False)
def _workload(
    path: str, split: str, calibration: str | None, stamp: Stamp, share: float
) -> Interval | None:
    found = predictions.scores(runs.run(path), split)
    if found is None:
        return None
    # From no positive prediction to only positive ones, as the interval needs.
    falling = np.append(found.curve.thresholds, -np.inf)
    counts = np.stack([found.patients.at(float(cut)) for cut in falling]).astype(np.float64)
    return workload.interval(workload.to_find(found.ranked, share), counts, share)
