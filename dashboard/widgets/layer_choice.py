"""The choice of a layer and a channel; both are in the address, the same for every tab."""

from collections.abc import Sequence

import streamlit as st

from dashboard.state import page_state
from idc_core.score.scoring import Layer


def layer_of(layers: Sequence[Layer], default: str) -> Layer:
    """Draw the choice of a layer."""
    names = [layer.name for layer in layers]
    now = page_state.one_of("layer", names, default)
    # A link to the page moves the control too.
    st.session_state["choose_layer"] = now

    def keep() -> None:
        page_state.remember("layer", st.session_state["choose_layer"])
        page_state.remember("channel", None)

    st.selectbox("Layer", names, key="choose_layer", on_change=keep)
    return layers[names.index(now)]


def channel_of(layer: Layer, default: int = 0) -> int:
    """Draw the choice of a channel by its number."""
    count = layer.shape[-1]
    known = page_state.whole("channel", count)
    now = min(default, count - 1) if known is None else known
    st.session_state["choose_channel"] = now

    def keep() -> None:
        page_state.remember("channel", str(st.session_state["choose_channel"]))

    st.number_input(
        f"Channel, 0 to {count - 1}", 0, count - 1, step=1, key="choose_channel", on_change=keep
    )
    return now
