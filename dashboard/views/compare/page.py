"""Which of two models is better, and what does it break?"""

import streamlit as st

from dashboard.cache import cutoff, predictions, runs, stores
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.views.compare import (
    cache,
    matrix,
    notes,
    own_table,
    patients,
    roc,
    sentence,
    table,
)
from dashboard.views.compare import choice as compare_choice
from dashboard.views.compare import points as compare_points
from dashboard.widgets import empty, export, page_title, patch_gallery
from idc_core.evaluate import compare

page_title.show()
patch_gallery.go()
chosen = selection.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
a = runs.run(chosen.run)
if predictions.scores(a, chosen.split) is None:
    empty.show(f"The {chosen.split} split of this run has no patch. Choose another split above.")
    st.stop()
choice = compare_choice.show(a)
if choice is None:
    empty.show(
        f"{a.name} is the only run with predictions, and a comparison needs two. Train another "
        "on the same data, or import another model's predictions: "
        "python train_cli.py import-predictions FILE --run NAME."
    )
    st.stop()
b = runs.run(choice.other)
found = cache.compared(a, b, chosen.split)
if found is None:
    empty.show(notes.nothing_of(a, b, chosen.split))
    st.stop()

names, raster = (a.name, b.name), a.info.raster
points = compare_points.points(choice, a, b, found, split=chosen.split, bar=cutoff.now().value)
cache.count_looks(chosen.split, [(a, points.a), (b, points.b)])
cells, rates = compare.at_thresholds(found.pair, found.jackknife, points.a, points.b)
total = cells.sum(axis=0)
figures = rates | found.of_scores
count = export.Count(len(found.pair), len(found.pair.patients))
basis = notes.Basis(names, (points.a, points.b), count)
sentence.show(figures, cells, names, raster)
st.caption(plain(f"{points.said} {notes.counted(found, a, b)}"))
warnings = [*points.warnings, *notes.warnings(found, a, b, chosen.split)]
# Always a place of its own: what stands below would be drawn anew where warnings come or go.
with st.container():
    if warnings:
        st.caption(notes.shown(warnings))

left, right = st.columns([1.35, 1], gap="medium")
with left:
    own = own_table.told(choice, a, b, chosen.split, found)
    matrix.show(total, basis, raster, own)
with right:
    table.chart(figures, notes.size(found), basis, raster)
store = stores.pixels_of(a) or stores.pixels_of(b)
matrix.gallery(found.pair, points, total, store, raster)

left, right = st.columns([1.35, 1], gap="medium")
with left:
    st.header("Per patient", anchor=False)
    patients.show(compare.patient_table(found.pair, cells), basis, raster)
with right:
    st.header("ROC", anchor=False)
    roc.show(found, points, basis, notes.size(found), raster)
st.header("All metrics", anchor=False)
table.show(figures, basis)
