"""A chart's picture, saved by Streamlit's own button: what it shows, what it was made of, its name.

Streamlit saves the bare chart under the time of day. Beside every chart stands what its file is to
say (`tell`), and one small script, mounted once a page (`mount`), writes it into the file. So the
page stays quiet, and moving the threshold leaves the chart's specification as it is.
"""

import json
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.widgets import export
from dashboard.widgets.script import script
from idc_core.facts.record import Facts

_SCRIPT = st.components.v2.component(
    "idc_chart_files",
    html="<i></i>",
    js=script(Path(__file__).parent / "chart_files.js"),
)


def mount() -> None:
    """Once per rerun; nothing is to be seen of it."""
    with st.container(key="chart_files"):
        _SCRIPT(key="chart_files_script")


def tell(key: str, title: str, facts: Facts) -> None:
    """What the picture of the chart beside it is to say."""
    told = {
        "title": title,
        "line": facts.line(),
        "model": facts.quiet_line(),
        "name": export.file_name(export.plain_key(key), "png", split=facts.split or ""),
        "facts": json.dumps(facts.said(), ensure_ascii=False),
    }
    said = " ".join(f'data-{name}="{escape(text)}"' for name, text in told.items())
    st.html(f'<div class="idc-facts" {said}></div>')
