"""Charts that follow the threshold while it moves: one script for all of them, mounted once a page.

What follows, and how, a chart is told when it is drawn (`figure.altair`, `moves`).
"""

from pathlib import Path

import streamlit as st

from dashboard.widgets.script import script

_SCRIPT = st.components.v2.component(
    "idc_moving_charts",
    html="<i></i>",
    js=script(Path(__file__).parent / "moving_charts.js"),
)


def mount() -> None:
    """Once per rerun; invisible."""
    with st.container(key="moving_charts"):
        _SCRIPT(key="moving_charts_script")
