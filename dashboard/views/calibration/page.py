"""Can the scores be read as probabilities?"""

import streamlit as st

from dashboard.cache import predictions
from dashboard.views.calibration import cache, figures, recalibrate, sentence
from dashboard.widgets import empty, page_start, patch_gallery
from idc_core.evaluate import recalibration

BINS = {"width": "bins of equal width", "counts": "bins of equal counts"}

chosen, run, found = page_start.judged()
patch_gallery.go()
if found.only_calls:
    empty.show(
        "The scores of this run are only 0 or 1, not probabilities, so there is nothing to "
        "calibrate. Import probabilities instead."
    )
    st.stop()
in_use = recalibration.saved(run)

maps = cache.maps(run)
# What the control below says now: what is read first is drawn first, and moves nothing.
bins = str(st.session_state.get("bins", "width"))
now = cache.judged(run, chosen.split, in_use, equal_counts=bins == "counts")
assert now is not None, "`page_start.judged` ends where the split has no patch"
sentence.show(now, found.raster)

left, right = st.columns([1.25, 1], gap="large")
with left:
    st.segmented_control(
        "Bins",
        list(BINS),
        key="bins",
        default="width",
        required=True,
        format_func=BINS.__getitem__,
        label_visibility="collapsed",
    )
with right:
    st.header("Per patient", anchor=False)
    figures.patients(now, found.raster)

with left:
    beside = None
    if maps:
        other = recalibrate.choice(maps, None if in_use is None else in_use.id)
        if (other and other.id) != (in_use and in_use.id):
            beside = cache.judged(run, chosen.split, other, equal_counts=bins == "counts")
    figures.reliability(now, beside, BINS[bins], found.raster)
with right:
    st.header("Brier score decomposition", anchor=False)
    figures.parts(now, found.raster)

st.header("Recalibration", anchor=False)
if predictions.are_too_many(run):
    recalibrate.not_fitted(in_use)
    st.stop()
if not maps:
    st.caption(
        "Recalibration is fitted on validation, and this run has no validation split with both "
        "classes. "
        "For imported predictions, set patients aside: "
        "python train_cli.py import-predictions FILE --run NAME --validation 0.4."
    )
    st.stop()
recalibrate.table(run, chosen.split, maps, None if in_use is None else in_use.id)
recalibrate.save(run, other)
