"""Do the scores mean what they say?"""

import streamlit as st

from dashboard.views.calibration import cache, figures, repair, sentence
from dashboard.widgets import empty, page_start, patch_gallery
from idc_core.evaluate import recalibration
from idc_core.runs.run import only_calls

BINS = {"width": "bins of equal width", "counts": "bins of equal counts"}

chosen, run, found = page_start.page()
patch_gallery.go()
if only_calls(found.rows["score"]):
    empty.show(
        "The scores of this run are calls, 0 or 1: they say nothing of how likely IDC is, so there "
        "is nothing to calibrate. Import the probabilities instead."
    )
    st.stop()
kept = recalibration.saved(run)

maps = cache.maps(run)
said = st.container()
left, right = st.columns([1.25, 1], gap="large")
with left:
    bins = str(
        st.segmented_control(
            "Bins",
            list(BINS),
            key="bins",
            default="width",
            required=True,
            format_func=BINS.__getitem__,
            label_visibility="collapsed",
        )
    )
    now = cache.judged(run, chosen.split, kept, equal_counts=bins == "counts")
    assert now is not None, "`opened.page` ends where the split holds no patch"
with right:
    st.header("Patient by patient", anchor=False)
    figures.patients(now)
with said:
    sentence.show(now)

with left:
    beside = None
    if maps:
        over = repair.choice(maps, None if kept is None else kept.id)
        if (over and over.id) != (kept and kept.id):
            beside = cache.judged(run, chosen.split, over, equal_counts=bins == "counts")
    figures.reliability(now, beside, BINS[bins])
with right:
    st.header("The Brier score, taken apart", anchor=False)
    figures.parts(now)

st.header("Repair", anchor=False)
if not maps:
    st.caption(
        "A map is fitted on validation, and this run has no validation split with both classes. "
        "For imported predictions, set patients aside: "
        "python train_cli.py import-predictions FILE --run NAME --validation 0.4."
    )
    st.stop()
repair.table(run, chosen.split, maps, None if kept is None else kept.id)
repair.keeping(run, over)
