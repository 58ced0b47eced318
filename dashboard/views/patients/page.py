"""Where do model and label disagree, and what does it look like there?

Patients of whom no patch has a label are reviewed too: nothing is shown that needs one.
"""

import streamlit as st

from dashboard.cache import all_patches, cutoff, predictions, spatial, stores
from dashboard.views.patients import (
    blinding,
    described,
    error_gallery,
    many,
    own_table,
    patient_header,
    review_blind,
    review_open,
    slide_choice,
    unlabelled_header,
    unlabelled_worklist,
    worklist,
    worklist_blind,
    worklist_table,
)
from dashboard.widgets import page_start, queue, unlabelled_queue
from idc_core.data.known_labels import is_known

st.session_state.pop("open_patients", None)
many.stop_where_too_many()
chosen, run, every = page_start.viewed(unlabelled_header.QUESTION)
found = predictions.scores(run, chosen.split) if every.labelled else None
if found is not None:
    page_start.without_label(found)

threshold, raster = cutoff.now().value, run.info.raster
store = stores.pixels_of(run)
whole = all_patches.whole_patients(run, chosen.split)
judged = spatial.whole_patients(run, chosen.split) if found is not None else frozenset()
standing = page_start.standing(run)

blind, patient = blinding.is_blind(), chosen.patient
if patient is None:
    queue.forget_shown()
    if blind:
        worklist_blind.show(every, blinding.counts(standing))
        st.stop()
    if found is not None:
        patients = worklist.of(found, threshold, judged, standing)
        worklist_table.show(run, found, threshold, patients, raster, standing)
        error_gallery.of_split(run, chosen.split, threshold, store, standing)
    if every.unlabelled:
        unlabelled = unlabelled_worklist.table(every, threshold, standing)
        unlabelled_worklist.show(every, threshold, unlabelled, raster, alone=found is None)
    st.stop()

if found is not None and patient in every.labelled:
    table = described.partly_labelled(run, found, every, patient, threshold)
else:
    table = unlabelled_queue.described(every.of(patient), raster.stride_px)
if blind:
    patient_header.show_blind(patient, every.names, labelled=run.has_labels)
elif found is not None and patient in every.labelled:
    patients = worklist.of(found, threshold, judged, standing)
    known = table[is_known(table["label"])]
    own = own_table.told(run, chosen.split, found, known, standing)
    patient_header.show(patients, known, threshold, raster, own)
else:
    patients = unlabelled_worklist.table(every, threshold, standing)
    left = unlabelled_worklist.waiting(every, patients, standing)
    unlabelled_header.show(patients, table, threshold, raster, left)
table = slide_choice.show(table, store, threshold, raster, blind=blind)

if blind:
    review_blind.show(run, table, threshold, store, standing)
else:
    review_open.show(
        run, table, threshold, store, standing, whole=patient in whole, burden=patient in judged
    )
