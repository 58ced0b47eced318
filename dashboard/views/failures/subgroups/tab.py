"""Where does the model fail?"""

import streamlit as st

from dashboard.cache import cutoff, slices
from dashboard.cache.predictions import SplitScores
from dashboard.charts.theme import plain
from dashboard.views.failures.subgroups import (
    slice_chart,
    slice_choice,
    slice_errors,
    slice_grid,
    slice_sentence,
)
from dashboard.widgets import page_start, patch_gallery, slice_pixels
from idc_core.evaluate.slices.weakest import weakest_of


def show() -> None:
    """Draw the tab."""
    chosen, run, found = page_start.judged()
    patch_gallery.go()
    in_memory = isinstance(found, SplitScores)
    if in_memory:
        slice_pixels.measure_if_few(run)

    threshold, raster = cutoff.now().value, run.info.raster
    head = st.container()
    metric = slice_choice.metric(slices.DEFAULT, raster)
    every = slices.every_slice(run, chosen.split, threshold, metric)
    overall = slices.whole(run, chosen.split, threshold, metric)
    assert overall is not None, "`page_start.judged` ends where the split has no patch"
    worst = weakest_of(every)
    with head:
        slice_sentence.show(worst, overall, raster)

    weakest = worst.found.key if worst.found is not None else None
    lowest = worst.found or worst.lowest
    left, right = st.columns([1.35, 1], gap="medium")
    with right:
        shown = slice_choice.slice_of(every, lowest.key if lowest is not None else None)
        slice_errors.numbers(shown, raster)
        if in_memory:
            st.header("Two attributes combined", anchor=False)
            slice_grid.show(run, chosen.split, threshold, metric)
    with left:
        splits = slices.by_split(run, threshold, metric)
        slice_chart.show(every, splits, overall, weakest, shown.key)

    if in_memory:
        slice_pixels.missing(run)
    else:
        st.caption(
            "Not shown: attributes that differ within a patient. Each patch would have to be "
            "looked at, and this run holds too many for memory."
        )

    st.header(f"Selected subgroup: {plain(slices.in_words(shown))}", anchor=False)
    slice_errors.show(run, found, shown, threshold)
    st.header("All subgroups", anchor=False)
    slice_chart.table(every, raster)
    st.caption(plain(slice_sentence.how(slices.cuts(run, chosen.split))))
