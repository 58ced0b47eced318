"""Which labels are probably wrong?"""

import numpy as np
import streamlit as st

from dashboard import loaders, loaders_labels, loaders_reviews, loaders_spatial, thread
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import many, plain
from dashboard.components import empty, figure, label_table, patch_gallery
from idc_core.refusal import Refusal
from idc_core.spatial.borders import error_kind
from idc_core.suspects import CONFIDENT

MOST = 2000

figure.title("Labels", "Which labels are probably wrong?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
patch_gallery.go()
run = loaders.run(chosen.run)
found = loaders.scores(run, chosen.split)
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
    st.stop()
folds = f"python train_cli.py train --run {run.name} --folds 5"
doubts = loaders_labels.doubts(run, chosen.split)
if doubts is None:
    empty.show(
        "This run was trained on these patches, so its scores cannot doubt their labels. "
        f"Networks that never saw the patient can: {folds}."
    )
    st.stop()
try:
    standing = loaders_reviews.standing(run)
except Refusal as refusal:
    standing = loaders_reviews.none()
    st.warning(plain(refusal))

label = found.rows["label"].to_numpy()
doubted = doubts.suspicion >= CONFIDENT
where = loaders_spatial.places(run, chosen.split)
at_border = doubted & (where.border_distance <= 1) if where is not None else doubted & False
st.markdown(
    f"**{many(int(doubted.sum()))} of {many(len(label))}** labels are contradicted with a "
    f"confidence of {CONFIDENT:.0%} or more: {many(int((doubted & (label == 1)).sum()))} of them "
    f"say IDC, {many(int((doubted & (label == 0)).sum()))} say no IDC; "
    f"{many(int(at_border.sum()))} lie at the border of the labelled area."
)
if doubts.out_of_fold:
    st.caption("Doubted by networks that never saw the patient (out of fold).")
elif run.has_network:
    st.caption(
        "Doubted by this run's own network, which was not trained on these patients but may have "
        f"been chosen by them. For every split, and without that: `{folds}`"
    )
else:
    st.caption("Doubted by this run's own scores, if it was not trained on these patients.")

with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    says = st.segmented_control(
        "Labels that say", ["either", "IDC", "no IDC"], default="either", key="says",
        required=True, bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    inner = st.toggle(
        "Away from the border only",
        key="inner",
        bind="query-params",
        help="Leaves out patches within one square of the other label: labels are coarse outlines.",
    )
    unread = st.toggle("Without a verdict only", key="unread", bind="query-params")

kept = np.isfinite(doubts.suspicion)
if says != "either":
    kept &= label == int(says == "IDC")
if inner and where is not None:
    kept &= ~(where.border_distance <= 1)
if unread and len(standing):
    judged = set(zip(standing["patient"], standing["x"], standing["y"], strict=True))
    rows = found.rows
    kept &= ~np.array(
        [(str(p), x, y) in judged for p, x, y in zip(rows["patient"], rows["x"], rows["y"],
                                                     strict=True)], bool,
    )  # fmt: skip
order = np.argsort(np.where(kept, -doubts.suspicion, np.inf), kind="stable")[
    : min(MOST, kept.sum())
]
rows = found.rows.iloc[order]
outcome = outcome_of(rows["label"], rows["score"], float(chosen.threshold or 0))
table = rows.assign(
    outcome=outcome, suspicion=doubts.suspicion[order],
    kind="" if where is None else error_kind(
        where, outcome_of(label, found.rows["score"], float(chosen.threshold or 0))
    )[order],
)  # fmt: skip
st.subheader("Most doubted first", anchor=False)
if table.empty:
    st.caption("No such label.")
else:
    patch_gallery.show(table, loaders.pixels_of(run), key="suspects", to_patients=True)
label_table.show(run, standing)
label_table.beside(run, chosen.split)
