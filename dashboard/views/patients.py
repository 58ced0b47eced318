"""What does the model miss in this patient?"""

import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.theme import plain
from dashboard.components import (
    empty,
    figure,
    patch_context,
    patch_gallery,
    slide_view,
    worklist,
)  # fmt: skip

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
whole = loaders.whole_patients(run)
with st.expander("All patients", expanded=chosen.patient is None):
    worklist.show(found, threshold, whole)
if chosen.patient is None:
    st.stop()

rows = found.rows[found.rows["patient"] == chosen.patient]
st.subheader(f"Patient {plain(chosen.patient)}", anchor=False)
left, right = st.columns([2.5, 1], gap="medium")
with left:
    slide_view.show(rows, threshold, store, whole=chosen.patient in whole)
with right:
    patch_context.show(rows, threshold, store)
st.subheader("Errors of this patient, most confident first", anchor=False)
errors = patch_context.gallery_rows(rows, threshold)
if errors.empty:
    st.caption("None at this threshold.")
else:
    patch_gallery.show(errors, store, key="errors", to_patients=False)
