"""Decision curve: is acting on the model better than treating all patches, or none?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.charts.decision import decision_chart
from dashboard.charts.moves import Rule
from dashboard.charts.theme import digits
from dashboard.state import view
from dashboard.widgets import figure
from idc_core.io.digits import patches_and_patients
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics import clinic
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.leave_one_out import Interval


def decision(curve: pd.DataFrame, found: predictions.SplitScores, threshold: float) -> None:
    """The decision curve, with the threshold of the bar."""
    st.header("Decision curve (net benefit)", anchor=False)
    if curve.empty or curve["model"].isna().all() or not np.isfinite(found.ranked.prevalence):
        st.caption("Not defined here.")
        return
    figure.altair(
        decision_chart(curve.round(5), threshold, found.raster),
        key="decision",
        alt_text="Net benefit of the model, of treating all patches and of treating none",
        caption=said(found, threshold) + " Band: 95 % for new patients; "
        f"{patches_and_patients(len(found.ranked), len(found.patients))}. Scores are read "
        "as probabilities: check Calibration first.",
        table=curve,
        moves=Rule(),
    )
    view.link("calibration", "Are the scores calibrated?", icon=":material/straighten:")


def said(found: predictions.SplitScores, threshold: float) -> str:
    """Net benefit at the threshold, and its difference from treating all and from treating none.

    Both differences are paired: model and policy are judged on the same patients.
    """
    if not 0 < threshold < 1:
        return "At a threshold of 0 or 1 net benefit is not defined."
    benefit = clinic.benefit(found.patients.at(threshold), threshold)
    patients = len(found.patients)
    none = limited("net_benefit", benefit.over_none, patients)
    every = limited("net_benefit_less_calling_all", benefit.over_all, patients)

    def short(name: str) -> str:
        said = note(name, patients)
        return f" ({said})" if said else ""

    weight = threshold / (1 - threshold)
    return (
        f"Read as a probability, the threshold {digits(threshold)} (the line) means that one false "
        f"alarm costs {weight:.2g} of the benefit of one {found.raster.positive} patch found. The "
        f"model's net benefit is then {_text(none)}{short('net_benefit')}: "
        f"{_verdict(none)} treating none. Its paired difference from treating all is "
        f"{_text(every)}{short('net_benefit_less_calling_all')}: {_verdict(every)} treating all."
    )


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better than"
    if difference.high < 0:
        return "worse than"
    return "not shown to differ from"


def _text(found: Interval) -> str:
    return interval(found.value, found.low, found.high, decimals(3, "+", minus="−"), TO)
