"""What does this threshold find, and what does it cost?"""

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
rules.show(run)

table = histogram_table(found.ranked, threshold)
figure.altair(
    histogram_chart(table, threshold),
    key="histogram",
    alt_text="Scores of patches with and without IDC; four areas by outcome at the threshold",
    caption=f"Scores of {counts.total:,} patches of {len(found.patients)} patients; "
    "IDC upwards, no IDC downwards, on a compressed scale; the rule is the threshold.",
    table=table,
)
left, middle, right = st.columns([1.25, 1, 1], gap="medium")
with left:
    st.subheader("Right and wrong calls")
    confusion_matrix.show(counts)
with middle:
    st.subheader("ROC")
    figure.altair(
        roc_chart(found.curve, counts, threshold),
        key="roc",
        alt_text="Receiver operating characteristic with the point of the threshold",
        caption=f"Area {found.ranked.roc_auc:.3f}; the dot is this threshold; dashed: chance.",
    )
with right:
    st.subheader("Precision and recall")
    figure.altair(
        pr_chart(found.curve, counts, threshold, found.ranked.prevalence),
        key="pr",
        alt_text="Precision against sensitivity with the point of the threshold",
        caption=f"Average precision {found.ranked.pr_auc:.3f}; dashed: "
        f"prevalence {found.ranked.prevalence:.2f}.",
    )
confusion_matrix.gallery(found.rows, threshold, loaders.pixels_of(run))
metric_table.show(figures, counts, len(found.patients))
