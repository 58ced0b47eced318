"""Decision curve: is acting on the model better than treating all patches, or none?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.decision import decision_chart
from dashboard.charts.moves import Rule
from dashboard.state import view
from dashboard.widgets import figure
from idc_core.facts import use_words
from idc_core.io.digits import patches_and_patients
from idc_core.metrics import clinic


def decision(curve: pd.DataFrame, found: SortedSplit, threshold: float) -> None:
    """The decision curve, with the threshold of the bar."""
    st.header("Decision curve (net benefit)", anchor=False)
    if curve.empty or curve["model"].isna().all() or not np.isfinite(found.ranked.prevalence):
        st.caption("Not defined here.")
        return
    figure.altair(
        decision_chart(curve.round(5), threshold, found.raster),
        key="decision",
        alt_text="Net benefit of the model, of treating all patches and of treating none",
        moving=said(found, threshold),
        caption="Band: 95 % for new patients; "
        f"{patches_and_patients(len(found.ranked), len(found.patients))}. Scores are read "
        "as probabilities: check Calibration first.",
        table=curve,
        moves=Rule(),
    )
    view.link("calibration", "Are the scores calibrated?", icon=":material/straighten:")


def said(found: SortedSplit, threshold: float) -> tuple[str, str]:
    """Key and text: net benefit at the threshold, and how far it lies above either policy's."""
    inside = 0 < threshold < 1
    benefit = clinic.benefit(found.patients.at(threshold), threshold) if inside else None
    return use_words.decision(benefit, threshold, len(found.patients), found.raster)
