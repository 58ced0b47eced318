"""Where do model and label disagree, and what does it look like there?"""

import streamlit as st

from dashboard.cache import cutoff, labels, spatial, stores
from dashboard.views.patients import (
    blinding,
    error_gallery,
    own_table,
    patient_header,
    review_blind,
    review_open,
    slide_choice,
    worklist,
)
from dashboard.widgets import page_start, queue

chosen, run, found = page_start.page()
st.session_state.pop("open_patients", None)

threshold = cutoff.now().value
store = stores.pixels_of(run)
whole = spatial.whole_patients(run, chosen.split)
where = spatial.places(run, chosen.split)
standing = page_start.standing(run)

blind = blinding.is_blind()
judged_errors = worklist.judged_errors(found, threshold, standing)
patients = worklist.worklist(found, threshold, whole, judged_errors)
if chosen.patient is None:
    queue.forget_shown()
    if blind:
        worklist.show_blind(found, blinding.counts(standing))
    else:
        worklist.show(found, threshold, patients, run.info.raster)
        error_gallery.of_split(run, chosen.split, threshold, store, standing)
    st.stop()

patient = chosen.patient
suspects = labels.label_error_scores(run, chosen.split)
table = queue.described(
    found, patient, threshold, where, None if suspects is None else suspects.suspicion
)
own = None if blind else own_table.told(run, chosen.split, found, table, standing)
patient_header.show(patients, table, threshold, run.info.raster, blind=blind, table=own)
table = slide_choice.show(table, store, blind=blind)

if blind:
    review_blind.show(run, table, threshold, store, standing)
else:
    review_open.show(run, table, threshold, store, standing, whole=patient in whole)
