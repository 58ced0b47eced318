"""What would this threshold mean in the clinic?"""

import numpy as np
import streamlit as st

from dashboard import loaders, loaders_clinic, thread
from dashboard.components import clinic_decision, clinic_prevalence, empty, figure

figure.title("Clinic", "What would this threshold mean in the clinic?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = loaders.run(chosen.run)
found = loaders.scores(run, chosen.split)
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
    st.stop()
threshold = float(chosen.threshold or 0)
counts = found.ranked.counts(threshold)
if not np.isfinite([counts.sensitivity, counts.specificity]).all():
    empty.show(
        "One class is missing here: sensitivity or specificity is not defined, and nothing can be "
        "said of another prevalence. Choose another split above."
    )
    st.stop()

said = st.container()
prevalence = clinic_prevalence.choose(found.ranked.prevalence)
with said:
    clinic_prevalence.show(found, counts, prevalence)
clinic_prevalence.figures(found, counts, prevalence)
left, right = st.columns(2, gap="large")
with left:
    clinic_decision.decision(loaders_clinic.decision_curve(run, chosen.split), found, threshold)
with right:
    clinic_decision.silence(found, threshold)
