"""This run beside results that others published on the public data set."""

from collections.abc import Mapping

import streamlit as st

from dashboard.state import choices
from dashboard.views.overview.published_chart import SHOWN, published_chart, published_table
from dashboard.widgets import export, figure
from idc_core.metrics.uncertainty import Interval
from idc_core.runs.data import is_synthetic
from idc_core.runs.run import Run


def show(run: Run, figures: Mapping[str, Interval], where: str) -> None:
    """Draw the figure that is asked for; `where`: split and threshold of this run's `figures`."""
    st.header("Compared with published results", anchor=False)
    metric = choices.segmented("Figure", "published", SHOWN, "f1", label_visibility="collapsed")
    ours = figures[metric]
    table = published_table(
        metric, {"value": ours.value, "low": ours.low, "high": ours.high}, run.name
    )
    figure.altair(
        published_chart(table, metric),
        key="published_chart",
        alt_text=f"Published {SHOWN[metric]} on this data set, and this run with its interval",
        caption=f"This run: {where}{', synthetic tissue' if is_synthetic(run) else ''}. "
        "Published results are for orientation only: every study has its own patients, and a "
        "difference smaller than this run's interval is no evidence. Results on random patch "
        "splits are too optimistic: the same patient is in training and test.",
        table=table,
        of=export.NO_COUNT,
    )
