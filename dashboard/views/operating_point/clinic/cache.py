"""The decision curve, computed once per run and split."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.sorted_split import SortedSplit
from dashboard.cache.stamps import Stamp
from idc_core.metrics import clinic
from idc_core.runs.run import Run

CHANCES = np.round(np.linspace(0.01, 0.99, 50), 3)


def decision_curve(run: Run, split: str) -> pd.DataFrame:
    """Net benefit of the scores as shown, with limits: see `decision_table`."""
    stamp = stamps.stamp(run.scores_file)
    return _decision_curve(str(run.path), split, run.calibration_id(), stamp)


@st.cache_resource(max_entries=12, show_spinner="Computing the decision curve …")
def _decision_curve(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame:
    found = predictions.sorted_scores(runs.run(path), split)
    return pd.DataFrame() if found is None else decision_table(found)


def decision_table(found: SortedSplit) -> pd.DataFrame:
    """Net benefit by threshold probability (`chance`), reading scores as probabilities.

    `chance, model, low, high, all`, and `over_all, over_all_low, over_all_high`: the paired
    difference between the model and treating all.
    """
    rows = []
    prevalence = found.ranked.prevalence
    for chance in CHANCES:
        benefit = clinic.benefit(found.patients.at(float(chance)), float(chance))
        own, over = benefit.over_none, benefit.over_all
        rows.append(
            {
                "chance": chance,
                "model": own.value,
                "low": own.low,
                "high": own.high,
                "all": float(clinic.treat_all(prevalence, chance)),
                "over_all": over.value,
                "over_all_low": over.low,
                "over_all_high": over.high,
            }
        )
    return pd.DataFrame(rows)
