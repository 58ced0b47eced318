"""The picture of a chart, saved by Streamlit's own button: its title, its facts, its file name.

Streamlit saves the bare chart and names it by date and time. `tell` puts a chart's title and facts
next to it, and one small script, mounted once per page (`mount`), writes them into the saved file.
The page does not show them, and moving the threshold does not change the chart's specification.
"""

import json
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.charts import moves as moving
from dashboard.widgets import export
from dashboard.widgets.script import script
from idc_core.facts.record import Facts

_SCRIPT = st.components.v2.component(
    "idc_chart_files",
    html="<i></i>",
    js=script(Path(__file__).parent / "chart_files.js"),
)


def mount() -> None:
    """Once per rerun; invisible."""
    with st.container(key="chart_files"):
        _SCRIPT(key="chart_files_script")


def tell(
    key: str,
    title: str,
    facts: Facts,
    moves: moving.Moves | None = None,
    drawn: float | None = None,
) -> None:
    """Title and facts for the saved picture of the chart next to it, how that moves, and the
    threshold it is drawn for where that need not be the one in force."""
    told = {
        "title": title,
        "line": facts.line(),
        "model": facts.quiet_line(),
        "name": export.file_name(export.plain_key(key), "png", split=facts.split or ""),
        "facts": json.dumps(facts.said(), ensure_ascii=False),
    }
    if moves is not None:
        told["moves"] = moving.as_json(moves)
    if drawn is not None:
        told["drawn"] = repr(drawn)
    said = " ".join(f'data-{name}="{escape(text)}"' for name, text in told.items())
    st.html(f'<div class="idc-facts" {said}></div>')
