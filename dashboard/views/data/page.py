"""What is this data set, and can its split be trusted?"""

import streamlit as st

from dashboard.cache import runs, stores
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.views.data import (
    bring_data,
    drift_figures,
    flow,
    leak_proof,
    left_out,
    mapped_classes,
    near_duplicates,
)
from dashboard.views.data.cut import section as cut_slides
from dashboard.views.data.data_chart import (
    left_out_words,
    patient_table,
    patients_chart,
    unlabelled_words,
    whole_words,
)
from dashboard.widgets import empty, export, figure, page_title, slice_pixels
from idc_core.runs.data import bringing
from idc_core.runs.trained_on import Unknown, training_data

page_title.show()
chosen = selection.current()
bring_data.show(opened=chosen.run is None)
cut_slides.show()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = runs.run(chosen.run)
store = stores.store_of(run)
if store is None:
    name = run.info.data_name or "NAME"
    empty.show(
        f"The patches of this run ({name}) are not on this machine or have changed. "
        f"To bring them: python train_cli.py {bringing(run)}."
    )
    st.stop()

learnt = training_data(run.info)
if isinstance(learnt, Unknown):
    st.caption(
        f"“Train” here is a split of {plain(store.name)}. Nothing shows that {plain(run.name)} was "
        f"trained on it: {learnt.why}."
    )
left, right = st.columns([1.5, 1], gap="large")
with left:
    st.header("From files to patients", anchor=False)
    flow.show(store)
    mapped_classes.show(store)
with right:
    leak_proof.show(store)
    number, share = leak_proof.names(store.raster)
    st.dataframe(
        leak_proof.counts(store),
        hide_index=True,
        key="counts",
        height="content",
        column_config={
            "patches": st.column_config.NumberColumn(format="localized"),
            number: st.column_config.NumberColumn(format="localized"),
            share: st.column_config.NumberColumn(format="percent"),
        },
    )
    if store.raster.is_like_public_set:
        st.caption(
            "About the public data set: the papers report 162 slides; the Kaggle archive has 279 "
            "patient folders, including 160 of the 162. “Patient” here means folder: two folders "
            "of one patient could not be detected by name."
        )
name = store.raster.positive
st.header(f"Patients: number of patches and proportion of {plain(name)}", anchor=False)
table = patient_table(store.index, store.whole_patients)
figure.altair(
    patients_chart(table, store.raster),
    key="patients_dots",
    alt_text=f"Patients as dots: number of patches by proportion of {name}, coloured by split",
    caption=whole_words(table) + unlabelled_words(table, store.raster) + left_out_words(table),
    table=table,
)
slice_pixels.measure_if_few(run)
drift_figures.shortcut(run)
drift_figures.show(run)
near_duplicates.show(store)
st.header("Rejected files", anchor=False)
left_out.show(store)
rejects = stores.rejects(store)
if rejects.empty:
    st.caption("None: every file found became a patch.")
else:
    st.dataframe(rejects.groupby("reason").size().rename("files").reset_index(), hide_index=True)
    st.dataframe(rejects.head(500), hide_index=True, key="rejects")
    figure.download(left_out.exported(rejects, store), key="rejects", of=export.OF_NO_SPLIT)
