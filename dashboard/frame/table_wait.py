"""Draws the page once more when its threshold table, which was being made, is there."""

import streamlit as st

from dashboard.cache import runs, threshold_table
from dashboard.widgets import guarded

EVERY_S = 1.0


@guarded.fragment(run_every=EVERY_S)
def show(run: str, split: str) -> None:
    """Ask again; for as long as it is drawn."""
    told = threshold_table.told(runs.run(run), split)
    if told is None or not told.is_made:
        st.rerun()
