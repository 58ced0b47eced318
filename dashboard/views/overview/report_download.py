"""The report of a run as one file, made when it is asked for."""

import streamlit as st

from dashboard.cache import loaders
from dashboard.charts.report import CHARTS
from dashboard.widgets import export
from idc_core.export.html import report_page
from idc_core.export.report.figures import judged_split
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """A button; the report is of the run's operating point, whatever the bar says, and says so."""
    store = loaders.store_of(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        export.button(
            "Report (HTML)",
            lambda: report_page(run, store, CHARTS),
            name="report",
            ending="html",
            key="report_html",
            split=judged_split(loaders.report(run)),
        )
        st.caption(
            "One file that opens offline: figures of the operating point as evaluated, not of the "
            "threshold in the bar.",
            width="content",
        )
