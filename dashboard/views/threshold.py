"""What does this threshold find, and what does it cost?"""

import time

import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.curves import histogram_chart, histogram_table, pr_chart, roc_chart
from dashboard.components import (
    confusion_matrix,
    empty,
    figure,
    metric_table,
    patch_gallery,
    rules,
    sentences,
)

figure.title("Threshold", "What does this threshold find, and what does it cost?")
patch_gallery.go()
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = loaders.run(chosen.run)
found = loaders.scores(run, chosen.split)
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
    st.stop()

threshold = float(chosen.threshold or 0)
counts = found.ranked.counts(threshold)
figures = found.bootstrap.of_rates(found.patients.at(threshold), sentences.NAMES)
sentences.show(figures, counts, len(found.patients))
# Lets the number be sent and painted before the charts keep server and browser busy.
time.sleep(0.05)
rules.show(run)

table = histogram_table(found.ranked, threshold)
left, right = st.columns([1.5, 1], gap="medium")
with left:
    figure.altair(
        histogram_chart(table, threshold),
        key="histogram",
        alt_text="Scores of patches with and without IDC; four areas by outcome at the threshold",
        caption=f"Scores of {counts.total:,} patches of {len(found.patients)} patients; IDC "
        "upwards, no IDC downwards, on a compressed scale.",
        table=table,
    )
with right:
    confusion_matrix.show(counts)
confusion_matrix.gallery(found.rows, threshold, loaders.pixels_of(run))

left, right = st.columns(2, gap="medium")
with left:
    st.subheader("ROC", anchor=False)
    figure.altair(
        roc_chart(found.curve, counts, threshold),
        key="roc",
        alt_text="Receiver operating characteristic with the point of the threshold",
        caption=f"Area {found.ranked.roc_auc:.3f}. The dot is this threshold, the dashed line "
        "is chance.",
    )
with right:
    st.subheader("Precision and recall", anchor=False)
    figure.altair(
        pr_chart(found.curve, counts, threshold, found.ranked.prevalence),
        key="pr",
        alt_text="Precision against sensitivity with the point of the threshold",
        caption=f"Average precision {found.ranked.pr_auc:.3f}. The dot is this threshold, the "
        f"dashed line is prevalence, {found.ranked.prevalence:.2f}: calling every patch.",
    )
metric_table.show(figures, counts, len(found.patients))
