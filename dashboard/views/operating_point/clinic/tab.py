"""What would this threshold mean in the clinic?"""

import numpy as np
import streamlit as st

from dashboard.cache import cutoff
from dashboard.views.operating_point.clinic import abstention, cache, decision
from dashboard.views.operating_point.clinic import prevalence as clinic_prevalence
from dashboard.widgets import empty, page_start


def show() -> None:
    """Draw the tab."""
    chosen, run, found = page_start.judged()
    threshold = cutoff.now().value
    counts = found.ranked.counts(threshold)
    if not np.isfinite([counts.sensitivity, counts.specificity]).all():
        empty.show(
            "One class is missing: sensitivity or specificity is not defined, so there are no "
            "predictive values. Choose another split above."
        )
        st.stop()

    answer = st.container()
    prevalence = clinic_prevalence.choose(found.ranked.prevalence, found.raster)
    with answer:
        clinic_prevalence.show(found, counts, prevalence)
    clinic_prevalence.figures(found, counts, prevalence)
    left, right = st.columns(2, gap="large")
    with left:
        decision.decision(cache.decision_curve(run, chosen.split), found, threshold)
    with right:
        abstention.show(found, threshold)
