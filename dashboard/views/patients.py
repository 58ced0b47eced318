"""Where do model and label disagree, and what does it look like there?"""

import streamlit as st

from dashboard import loaders, loaders_labels, loaders_reviews, loaders_spatial, thread
from dashboard.charts.theme import plain
from dashboard.components import (
    empty,
    error_gallery,
    figure,
    patient_header,
    queue,
    reading,
    review_blind,
    review_open,
    worklist,
)  # fmt: skip
from idc_core.refusal import Refusal

figure.title("Patients", "Where do model and label disagree, and what does it look like there?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
st.session_state.pop("open_patients", None)
run = loaders.run(chosen.run)
found = loaders.scores(run, chosen.split)
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
    st.stop()

threshold = float(chosen.threshold or 0)
store = loaders.pixels_of(run)
whole = loaders_spatial.whole_patients(run, chosen.split)
where = loaders_spatial.places(run, chosen.split)
try:
    standing = loaders_reviews.standing(run)
except Refusal as refusal:
    standing = loaders_reviews.none()
    st.warning(plain(refusal))

blind = reading.is_blind()
judged_errors = worklist.judged_errors(found, threshold, standing)
patients = worklist.worklist(found, threshold, whole, judged_errors)
if chosen.patient is None:
    if blind:
        worklist.show_blind(found, reading.counts(standing))
    else:
        worklist.show(found, threshold, patients)
        error_gallery.of_split(run, chosen.split, threshold, store, standing)
    st.stop()

patient = chosen.patient
doubts = loaders_labels.doubts(run, chosen.split)
table = queue.described(
    found, patient, threshold, where, None if doubts is None else doubts.suspicion
)
patient_header.show(patients, table, threshold, blind=blind)

if blind:
    review_blind.show(run, table, threshold, store, standing)
else:
    review_open.show(run, table, threshold, store, standing, whole=patient in whole)
