"""The regions that readers drew on a run's data, on all slides: counted, and exported whole."""

import streamlit as st

from dashboard.cache import regions
from dashboard.charts.theme import plain
from dashboard.widgets import export, figure
from idc_core.facts import names
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """Draw how many regions stand, and the export of every record; nothing before the first."""
    try:
        history = regions.history(run)
    except Refusal as refused:
        st.caption(plain(f"Regions cannot be read: {refused}"))
        return
    if history is None or history.empty:
        return
    newest = history[~history["undone"]].drop_duplicates("region", keep="last")
    standing = newest[newest["does"] != "removed"]
    excluded = int(standing["excluded"].sum())
    st.markdown(
        f"**{counted(len(standing), 'region')}** drawn on "
        f"{counted(standing[['patient', 'slide']].drop_duplicates().shape[0], 'slide')}, "
        f"{excluded} of them excluded; on all splits. Open a patient to see them."
    )
    figure.download(
        history.assign(author=history["author"].map(names.shown)),
        key="regions",
        label="All regions, with every change (CSV)",
        of=export.OF_NO_SPLIT,
    )
