"""What does this threshold find, and what does it cost?"""

import time

import streamlit as st

from dashboard.cache import cutoff, stores
from dashboard.views.threshold import (
    confusion_matrix,
    curve_row,
    flips,
    ledger_table,
    lock,
    rules,
    score_histogram,
    uncertainty,
)
from dashboard.widgets import metric_table, opened, patch_gallery, sentences

chosen, run, found = opened.page(
    "Threshold", "What does this threshold find, and what does it cost?"
)
patch_gallery.go()

threshold = cutoff.now().value
per_patient = found.patients.at(threshold)
counts = found.ranked.counts(threshold)
figures = found.bootstrap.of_rates(per_patient, sentences.NAMES)
sentences.show(figures, counts, per_patient)
# Lets the number be sent and painted before the charts keep server and browser busy.
time.sleep(0.07)
rules.show(run, beside=lambda: lock.show(run, threshold))

left, right = st.columns([1.5, 1], gap="medium")
with left:
    score_histogram.show(found, counts, threshold)
with right:
    confusion_matrix.show(counts)
confusion_matrix.gallery(found.rows, counts, threshold, stores.pixels_of(run))
curve_row.show(run, chosen.split, found, counts, threshold)
uncertainty.show(run, chosen.split, threshold)

every_rate, moving, recorded = st.tabs(
    ["Every rate in words", "What a move changes", "Ledger"],
    key="below",
    on_change="rerun",
    bind="query-params",
)
if every_rate.open:
    with every_rate:
        metric_table.show(figures, counts, found.patients.patients, per_patient)
if moving.open:
    with moving:
        flips.show(run, found, threshold)
if recorded.open:
    with recorded:
        ledger_table.show(run)
