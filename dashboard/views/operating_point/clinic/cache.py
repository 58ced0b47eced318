"""What the page Clinic computes once per run and split."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions, runs, stamps
from dashboard.cache.predictions import SplitScores
from dashboard.cache.stamps import Stamp
from idc_core.metrics import clinic
from idc_core.runs.run import Run

CHANCES = np.round(np.linspace(0.01, 0.99, 50), 3)


def decision_curve(run: Run, split: str) -> pd.DataFrame:
    """Net benefit of the scores as they are shown, with limits: `decision_table`."""
    stamp = stamps.stamp(run.path / "predictions.parquet")
    return _decision_curve(str(run.path), split, run.calibration_id(), stamp)


@st.cache_resource(max_entries=12, show_spinner="Weighing decisions …")
def _decision_curve(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame:
    found = predictions.scores(runs.run(path), split)
    return pd.DataFrame() if found is None else decision_table(found)


def decision_table(found: SplitScores) -> pd.DataFrame:
    """Scores are read as probabilities, a chance as threshold.

    `chance, model, low, high, all`, and `over_all, over_all_low, over_all_high`: how far the model
    lies above calling every patch, paired.
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
