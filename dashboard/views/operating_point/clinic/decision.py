"""Is acting on the model better than calling every patch, or none?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.charts.decision import decision_chart
from dashboard.charts.theme import digits
from dashboard.state import view
from dashboard.widgets import figure
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics import clinic
from idc_core.metrics.coverage import note
from idc_core.metrics.leave_one_out import Interval


def decision(curve: pd.DataFrame, found: predictions.SplitScores, threshold: float) -> None:
    """The decision curve, with the threshold of the bar."""
    st.header("Is acting on it worth it?", anchor=False)
    if curve.empty or curve["model"].isna().all() or not np.isfinite(found.ranked.prevalence):
        st.caption("Not defined here.")
        return
    figure.altair(
        decision_chart(curve.round(5), threshold),
        key="decision",
        alt_text="Net benefit of the model, of calling every patch and of calling none",
        caption=said(found, threshold) + " Band: 95 % for new patients; "
        f"{len(found.ranked):,} patches of {len(found.patients):,} patients. It reads scores as "
        "probabilities: look at Calibration first.",
        table=curve,
    )
    view.link("calibration", "Do the scores mean what they say?", icon=":material/straighten:")


def said(found: predictions.SplitScores, threshold: float) -> str:
    """Net benefit at the threshold's own chance, and how far it is from either plain policy.

    Both differences are paired: model and policy are judged on the same patients.
    """
    if not 0 < threshold < 1:
        return "At a threshold of 0 or 1 net benefit is not defined."
    benefit = clinic.benefit(found.patients.at(threshold), threshold)
    patients = len(found.patients)

    def short(name: str) -> str:
        said = note(name, patients)
        return f" ({said})" if said else ""

    weight = threshold / (1 - threshold)
    return (
        f"Scores read as chances, the threshold {digits(threshold)} (the line) says that a false "
        f"alarm weighs {weight:.2g} of a found IDC patch. The model's net benefit is then "
        f"{_text(benefit.over_none)}{short('net_benefit')}: {_verdict(benefit.over_none)} calling "
        "none. Against calling every patch, on the same patients, the difference is "
        f"{_text(benefit.over_all)}{short('net_benefit_less_calling_all')}: "
        f"{_verdict(benefit.over_all)} calling every patch."
    )


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better than"
    if difference.high < 0:
        return "worse than"
    return "not shown to differ from"


def _text(found: Interval) -> str:
    return interval(found.value, found.low, found.high, decimals(3, "+", minus="−"), TO)
