"""The network as a row of layers; a click selects one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard.charts.network import Box
from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_KEY = "network_row"
_ROW = st.components.v2.component(
    "idc_network_row",
    html=(
        '<div class="network" role="radiogroup" aria-label="Layers of the network"></div>'
        '<p class="told"><span class="name"></span><span class="facts"></span></p>'
    ),
    css=style(_HERE / "network_row.css"),
    js=script(_HERE / "network_row.js"),
)


def show(boxes: Sequence[Box], chosen: str | None, on_choose: Callable[[str], None]) -> None:
    """Draw the row; `on_choose` gets the layer's name before the rerun that a click starts."""
    names = {box.name for box in boxes}

    def clicked() -> None:
        name = st.session_state[_KEY].get("layer")
        if name in names:
            on_choose(name)

    _ROW(
        key=_KEY,
        data={"boxes": [box._asdict() for box in boxes], "chosen": chosen},
        on_layer_change=clicked,
    )
