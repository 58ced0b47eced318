"""Where do model and label disagree, and what does it look like there?"""

import streamlit as st

from dashboard import loaders, loaders_labels, loaders_reviews, loaders_spatial, thread
from dashboard.charts.theme import plain
from dashboard.components import (
    area,
    empty,
    figure,
    patch_gallery,
    patch_panel,
    patient_header,
    queue,
    reading,
    slide_view,
    suspicious_strip,
    take_along,
    thread_bar,
    verdict_panel,
    worklist,
)
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
    st.stop()

patient = chosen.patient
doubts = loaders_labels.doubts(run, chosen.split)
table = queue.described(
    found, patient, threshold, where, None if doubts is None else doubts.suspicion
)
patient_header.show(patients, table, threshold, blind=blind)

left, right = st.columns([1.75, 1], gap="medium")
with right:
    answers = reading.answers(standing, patient)
    if blind:
        line = reading.order(run, table)
        judged = {place for place, said in answers.items() if "blind" in said}
    else:
        asked = queue.choose(table, threshold)
        line = queue.places(asked)
        judged = {place for place, said in answers.items() if set(said) & {"open", "revealed"}}
    place = chosen.place or next((one for one in line if one not in judged), None)
    place = place or next(iter(line), None)
    shown = table[table["x"].eq(place[0]) & table["y"].eq(place[1])] if place else table.iloc[:0]
    if place is None or shown.empty:
        st.caption("No such patch of this patient at this threshold. Click a square of the slide.")
    else:
        patch, said = shown.iloc[0], answers.get(place, {})
        before, after = (queue.step(line, place, by) for by in (-1, 1))
        patch_panel.steps(line, place, before, after)
        patch_panel.picture(patient, place, store)
        following = queue.after(line, place, judged)
        if not blind:
            verdict_panel.show(run, patch, threshold, stage="open", following=following)
        elif "blind" not in said:
            # It stays, to be revealed.
            here = thread.patch_name(*place)
            verdict_panel.show(run, patch, threshold, stage="blind", following=here)
        else:
            reading.reveal(patch, said["blind"])
            verdict_panel.show(
                run, patch, threshold, stage="revealed", following=following, kept=said["blind"]
            )
        if not blind or "blind" in said:
            patch_panel.figures(patch, threshold)
            patch_panel.neighbours(table, place)
            patch_panel.links(place)
        verdict_panel.said_of(run, patient, place, before=blind and "blind" not in said)
with left:
    if blind:
        slide_view.blind(table, store, read=judged, place=place)
        st.stop()
    fields = suspicious_strip.choose(table, threshold)
    slide_view.show(
        run, table, threshold, store, whole=patient in whole, place=place,
        strip=suspicious_strip.places(fields), judged=verdict_panel.badges(standing, patient),
        chosen=area.places(area.picked(table, asked)), on_area=area.add,
    )  # fmt: skip
    area.show(run, table, asked, threshold)
    take_along.show(
        run,
        table,
        threshold,
        store,
        standing,
        whole=patient in whole,
        locked=thread_bar.is_locked(),
    )
    suspicious_strip.show(fields, store, place)

st.subheader("One by one", anchor=False)
queue.kinds(table)
if asked.empty:
    st.caption("None at this threshold.")
else:
    patch_gallery.show(asked, store, key="errors", to_patients=False)
