"""Every figure the same: what it asks, the picture, n under it, its data to export."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from zlib import crc32

import altair as alt
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.moves import Moves
from dashboard.charts.template import Spec
from dashboard.charts.theme import Drawn, with_facts
from dashboard.widgets import chart_files, export, live
from dashboard.widgets.export import Count, Table


def altair(
    chart: Drawn | alt.HConcatChart | Spec,
    *,
    key: str,
    alt_text: str,
    caption: str = "",
    moving: tuple[str, str] | None = None,
    table: Table | None = None,
    on_select: Callable[[], None] | None = None,
    selection: str | Sequence[str] | None = None,
    of: Count | None = None,
    title: str = "",
    moves: Moves | None = None,
    drawn: float | None = None,
) -> Any:
    """Draw an Altair chart, built or from a template; its own bar saves the picture, the button
    the data behind it. `of`: what it is made of, if not the patches of the split; `title`: what its
    file is headed, if not by `alt_text`; `moving`: key and text of the part of the caption, its
    first, that follows the threshold; `moves`: how the picture does; `drawn`: the threshold that it
    is drawn for, where the browser paints it for the one in force (`state/drawn_at.py`)."""
    known = export.facts(of, table)
    tall = chart.get("height") if isinstance(chart, dict) else getattr(chart, "height", None)
    draw: Any = st.vega_lite_chart if isinstance(chart, dict) else st.altair_chart
    with st.container(key=f"chart_{key}", gap=None):
        # With its height given, its room is there before the browser has what draws it.
        picked = draw(
            chart,
            key=key,
            alt=alt_text,
            width="stretch",
            height=tall if isinstance(tall, int) else "content",
            on_select=on_select or "ignore",
            selection_mode=selection,
        )
        chart_files.tell(key, title or alt_text, known, moves, drawn)
    _below(key, caption, table, of, moving, still=moves is not None)
    return picked


def plotly(
    figure: go.Figure,
    *,
    key: str,
    alt_text: str,
    caption: str = "",
    table: Table | None = None,
    of: Count | None = None,
) -> None:
    """Draw a Plotly figure; its own bar saves SVG, the button the data behind it."""
    known = export.facts(of, table)
    name = export.file_name(key, "svg", split=known.split or "").removesuffix(".svg")
    st.plotly_chart(
        with_facts(figure, alt_text, known.line()),
        key=key,
        alt=alt_text,
        width="stretch",
        height=figure.layout.height or "content",
        config={
            "displaylogo": False,
            "toImageButtonOptions": {"format": "svg", "filename": name},
        },
    )
    _below(key, caption, table, of)


def download(table: Table, *, key: str, label: str = "CSV", of: Count | None = None) -> None:
    """A button that exports a table; the file is made when it is clicked."""
    export.table(table, key=key, label=label, of=of)


def numbers(cells: list[tuple[str, str, str]]) -> None:
    """A row of figures: name, value with interval, and what it was counted on.

    One element, not a column each: what the page is read for is to be painted first.
    """
    parts = ((name, value.partition(" "), counted) for name, value, counted in cells)
    _row(
        [
            (name, escape(value), escape(around), escape(counted))
            for name, (value, _, around), counted in parts
        ]
    )


def live_numbers(titles: Mapping[str, str], said: Mapping[str, str]) -> None:
    """The same for figures that follow the threshold; `said`: the texts `KEY.value`, `KEY.around`
    and `KEY.n` of each key in `titles`."""
    part = live.each(said)
    _row(
        [
            (title, part[f"{key}.value"], part[f"{key}.around"], part[f"{key}.n"])
            for key, title in titles.items()
        ]
    )


def _row(cells: list[tuple[str, str, str, str]]) -> None:
    """From name, and as HTML value, interval and what it was counted on."""
    drawn = "".join(
        f'<div class="idc-number"><div class="name">{escape(name)}</div>'
        f'<div class="value">{value} <small>{around}</small></div>'
        f'<div class="n">{counted}</div></div>'
        for name, value, around, counted in cells
    )
    names = "".join(name for name, *_ in cells)
    with st.container(key=f"numbers_{crc32(names.encode())}"):
        st.html(f'<div class="idc-numbers" style="--cells: {len(cells)}">{drawn}</div>')


def _below(
    key: str,
    caption: str,
    table: Table | None,
    of: Count | None,
    moving: tuple[str, str] | None = None,
    *,
    still: bool = False,
) -> None:
    """`still`: the caption but for its `moving` part is true at every threshold."""
    if caption or moving:
        first = f"{live.live(*moving)} " if moving else ""
        kind = "idc-caption idc-still" if still else "idc-caption"
        st.html(f'<div class="{kind}">{first}{escape(caption)}</div>')
    if table is not None:
        download(table, key=key, of=of)
