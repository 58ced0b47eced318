"""What does the model miss in this patient?"""

import streamlit as st

from dashboard import loaders, thread
from dashboard.components import (
    empty,
    figure,
    patch_context,
    patch_gallery,
    patient_header,
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
whole = loaders.whole_patients(run) if loaders.store_of(run) is not None else None
table = worklist.worklist(found, threshold, whole)
if chosen.patient is None:
    worklist.show(table)
    st.stop()

rows = found.of(chosen.patient)
patient_header.show(table, rows, threshold)
place = patch_context.place_of(rows, threshold)
left, right = st.columns([2.1, 1], gap="medium")
with left:
    slide_view.show(
        run, rows, threshold, store, place=place,
        whole=None if whole is None else chosen.patient in whole,
    )  # fmt: skip
with right:
    patch_context.show(rows, threshold, store, place)
st.subheader("Errors, most confident first", anchor=False)
errors = patch_context.gallery_rows(rows, threshold)
if errors.empty:
    st.caption("None at this threshold.")
else:
    patch_gallery.show(errors, store, key="errors", to_patients=False)
