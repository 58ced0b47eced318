"""Every rate as number, interval, n and words."""

from collections.abc import Mapping
from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts.theme import METRIC_WORDS
from dashboard.components import figure
from dashboard.components.sentences import as_text
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval


def show(figures: Mapping[str, Interval], counts: Confusion, patients: int) -> None:
    """All of them, pooled over patches, intervals by resampling patients."""
    st.subheader("All rates at this threshold")
    table = pd.DataFrame(
        [
            {"rate": METRIC_WORDS[name][0], "value [95 %]": as_text(found),
             "meaning": METRIC_WORDS[name][1]}
            for name, found in figures.items()
        ]
    )  # fmt: skip
    st.html(as_html(table))
    few = " Fewer than 20 patients: the interval itself is unsure." * (patients < FEW_PATIENTS)
    st.html(
        f'<div class="idc-caption">{counts.total:,} patches of {patients} patients, pooled; '
        f"intervals from resampling patients.{few}</div>"
    )
    figure.download(table, key="rates")


def as_html(table: pd.DataFrame) -> str:
    """A few rows as a plain table: the browser draws it at once, and reads it out."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = (
        "".join(f"<td>{escape(str(value))}</td>" for value in row)
        for row in table.itertuples(index=False)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="idc-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
