"""The report of a run as one file, made when it is asked for."""

import streamlit as st

from dashboard.cache import predictions, runs, stores
from dashboard.charts.report import CHARTS
from dashboard.widgets import export
from idc_core.export.html import report_page
from idc_core.export.report.figures import judged_split
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """A button; the report is of the run's operating point, whatever the bar says, and says so."""
    if predictions.are_too_many(run):
        st.caption(
            "The report as one file needs every patch, and this run holds too many. Its figures "
            f"are in {run.name}/report.json."
        )
        return
    store = stores.store_of(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        export.button(
            "Report (HTML)",
            lambda: report_page(run, store, CHARTS),
            name="report",
            ending="html",
            key="report_html",
            split=judged_split(runs.report(run)),
        )
        st.caption(
            "One file that opens offline. Its figures are those of the operating point, not of the "
            "threshold in the bar.",
            width="content",
        )
