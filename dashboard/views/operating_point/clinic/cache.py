"""The decision curve, computed once per run and split."""

import pandas as pd
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.sorted_split import StoredSplit
from dashboard.cache.stamps import Stamp
from idc_core.evaluate.decision import decision_table
from idc_core.runs.run import Run


def decision_curve(run: Run, split: str) -> pd.DataFrame:
    """Net benefit of the scores as shown, with limits: see `evaluate.decision`."""
    stamp = stamps.stamp(run.scores_file)
    return _decision_curve(str(run.path), split, run.calibration_id(), stamp)


@st.cache_resource(max_entries=12, show_spinner="Computing the decision curve …")
def _decision_curve(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame:
    found = predictions.sorted_scores(runs.run(path), split)
    if isinstance(found, StoredSplit):
        return found.stored.decision
    return (
        pd.DataFrame()
        if found is None
        else decision_table(found.patients.at, found.ranked.prevalence)
    )
