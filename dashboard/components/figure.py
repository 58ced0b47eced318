"""Every figure the same: what it asks, the picture, n under it, its data to take along."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import thread
from dashboard.charts.template import Spec
from idc_core.known_labels import blanked


def altair(
    chart: alt.Chart | alt.LayerChart | alt.HConcatChart | Spec,
    *,
    key: str,
    alt_text: str,
    caption: str = "",
    table: pd.DataFrame | None = None,
    on_select: Callable[[], None] | None = None,
    selection: str | Sequence[str] | None = None,
) -> Any:
    """Draw an Altair chart, built or from a template; its own menu saves PNG and SVG, the button
    the data behind it."""
    draw = st.vega_lite_chart if isinstance(chart, dict) else st.altair_chart
    picked = draw(
        chart, key=key, alt=alt_text, width="stretch",
        on_select=on_select or "ignore", selection_mode=selection,
    )  # fmt: skip
    _below(key, caption, table)
    return picked


def plotly(
    figure: go.Figure, *, key: str, alt_text: str, caption: str = "",
    table: pd.DataFrame | None = None,
) -> None:  # fmt: skip
    """Draw a Plotly figure; its own bar saves PNG, the button the data behind it."""
    st.plotly_chart(
        figure, key=key, alt=alt_text, width="stretch",
        config={"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": key}},
    )  # fmt: skip
    _below(key, caption, table)


def with_thread(table: pd.DataFrame) -> bytes:
    """A table as CSV that says what it was made of: run, split, threshold."""
    chosen = thread.current()
    said = blanked(table).assign(run=chosen.run, split=chosen.split, threshold=chosen.threshold)
    return said.to_csv(index=False).encode()


def download(table: pd.DataFrame, *, key: str, label: str = "CSV") -> None:
    """A button that takes a table along; the file is made when it is clicked."""
    st.download_button(
        label, lambda: with_thread(table), file_name=f"{key}_{thread.current().run}.csv",
        mime="text/csv", key=f"csv_{key}", type="tertiary", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def numbers(cells: list[tuple[str, str, str]]) -> None:
    """A row of figures: name, value with interval, and what it was counted on.

    One element, not a column each: what the page is read for is to be painted first.
    """
    drawn = "".join(_number(*cell) for cell in cells)
    st.html(f'<div class="idc-numbers" style="--cells: {len(cells)}">{drawn}</div>')


def _number(name: str, value: str, counted: str) -> str:
    number, _, rest = value.partition(" ")
    return (
        f'<div class="idc-number"><div class="name">{escape(name)}</div>'
        f'<div class="value">{escape(number)} <small>{escape(rest)}</small></div>'
        f'<div class="n">{escape(counted)}</div></div>'
    )


def title(name: str, question: str) -> None:
    """A page's name and its one question."""
    st.title(name)
    st.html(f'<div class="idc-question">{escape(question)}</div>')


def _below(key: str, caption: str, table: pd.DataFrame | None) -> None:
    if caption:
        st.html(f'<div class="idc-caption">{escape(caption)}</div>')
    if table is not None:
        download(table, key=key)
