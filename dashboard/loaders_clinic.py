"""What the page Clinic computes once per run and split."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.loaders import SplitScores, Stamp
from idc_core.metrics import clinic
from idc_core.metrics.confusion import ratio
from idc_core.runs import Run

CHANCES = np.round(np.linspace(0.01, 0.99, 50), 3)


def decision_curve(run: Run, split: str) -> pd.DataFrame:
    """Net benefit of the scores as they are shown, with limits: `decision_table`."""
    stamp = loaders.stamp(run.path / "predictions.parquet")
    return _decision_curve(str(run.path), split, run.calibration_id(), stamp)


@st.cache_resource(max_entries=12, show_spinner="Weighing decisions …")
def _decision_curve(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame:
    found = loaders.scores(loaders.run(path), split)
    return pd.DataFrame() if found is None else decision_table(found)


def decision_table(found: SplitScores) -> pd.DataFrame:
    """`chance, model, low, high, all`: scores are read as probabilities, a chance as threshold."""
    rows = []
    prevalence = found.ranked.prevalence
    for chance in CHANCES:
        odds = chance / (1 - chance)
        benefit = found.bootstrap.of_sums(
            lambda sums, odds=odds: ratio(sums[:, 3] - sums[:, 1] * odds, sums.sum(axis=1)),
            found.patients.at(float(chance)).astype(np.float64),
        )
        rows.append(
            {
                "chance": chance, "model": benefit.value, "low": benefit.low,
                "high": benefit.high, "all": float(clinic.treat_all(prevalence, chance)),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
