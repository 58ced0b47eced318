"""What does this threshold find, and what does it cost?"""

import streamlit as st

from dashboard.cache import cutoff, stores
from dashboard.state import choices, drawn_at
from dashboard.views.operating_point.threshold import (
    confusion_matrix,
    curve_row,
    ledger_table,
    lock,
    reclassified,
    rules,
    score_histogram,
    uncertainty,
)
from dashboard.widgets import metric_table, page_start, patch_gallery, sentences
from idc_core.facts.rate_words import Judged, defined_in
from idc_core.metrics.catalogue import RATES


def show() -> None:
    """Draw the tab."""
    chosen, run, found = page_start.judged()
    patch_gallery.go()

    threshold = cutoff.now().value
    per_patient = found.patients.at(threshold)
    counts = found.ranked.counts(threshold)
    rates = found.jackknife.of_rates(per_patient, tuple(RATES))
    judged = Judged(counts, rates, defined_in(per_patient))
    sentences.show(judged, found.raster)
    drawn = drawn_at.now(threshold)
    sent = counts if drawn == threshold else found.ranked.counts(drawn)
    rules.show(run, beside=lambda: lock.show(run, threshold))

    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        score_histogram.show(found, threshold, drawn)
    with right:
        confusion_matrix.show(counts, found.raster, sent, drawn)
    confusion_matrix.gallery(found, counts, threshold, stores.pixels_of(run))
    curve_row.show(run, chosen.split, found, counts, sent, drawn)
    uncertainty.show(run, chosen.split, threshold)

    below = choices.tabs(
        "below",
        {"rates": "All metrics", "moves": "Reclassified patches", "ledger": "Ledger"},
    )
    if below["rates"].open:
        with below["rates"]:
            metric_table.show(judged, found.patients.patients, per_patient, found.raster)
    if below["moves"].open:
        with below["moves"]:
            reclassified.show(run, found, threshold)
    if below["ledger"].open:
        with below["ledger"]:
            ledger_table.show(run)
