"""How is one value of a separable convolution computed?"""

import numpy as np
import streamlit as st

from dashboard.cache import channels
from dashboard.charts import channels as channel_charts
from dashboard.state import page_state
from dashboard.views.network import tab_link
from dashboard.views.network.steps import charts
from dashboard.widgets import empty, export, figure, layer_choice, patch_page
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.interpret.graph.separable import Separable
from idc_core.score.scoring import Layer, Scorer


def show() -> None:
    """Draw the tab."""
    run, scorer, chosen = patch_page.page(layers=True)
    anatomy = channels.anatomy(run)
    layers = [layer for layer in scorer.layers if layer.name in anatomy.separables]
    if not layers:
        empty.show("This network has no separable convolution to show step by step.")
        return
    one, two, three, four = st.columns([1.6, 1, 0.8, 0.8], vertical_alignment="bottom")
    with one:
        layer = layer_choice.layer_of(layers, layers[0].name)
    with two:
        channel = layer_choice.channel_of(layer)
    values = scorer.answers(layer, chosen.pixels[None])[0]
    row, column = (
        int(at) for at in np.unravel_index(values[..., channel].argmax(), layer.shape[:2])
    )
    with three:
        row = _position("row", layer.shape[0], row)
    with four:
        column = _position("column", layer.shape[1], column)
    _work_out(scorer, anatomy, layer, channel, (row, column), chosen.pixels, values)


def _position(name: str, count: int, default: int) -> int:
    known = page_state.whole(name, count)
    now = default if known is None else known
    key = f"steps_{name}"
    st.session_state[key] = now

    def remember() -> None:
        page_state.remember(name, str(st.session_state[key]))

    st.number_input(
        f"{name.capitalize()}, 0 to {count - 1}", 0, count - 1, step=1, key=key, on_change=remember
    )
    return now


def _work_out(
    scorer: Scorer,
    anatomy: Anatomy,
    layer: Layer,
    channel: int,
    position: tuple[int, int],
    pixels: channel_charts.Image,
    values: charts.Floats,
) -> None:
    parts = anatomy.separables[layer.name]
    worked = anatomy.work_out(layer.name, channel, position, pixels)
    last = worked.steps[-1]
    st.markdown(
        f"Channel {channel} at row {position[0]}, column {position[1]} is **{last.ours:.4f}**: "
        f"each input channel is filtered by its own kernel (**depthwise**), then the results are "
        f"weighted and summed (**pointwise**). Our figures match the network's own to within "
        f"{worked.largest_difference:.1g}.".replace("-0.", "−0.")
    )
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        maps = channel_charts.channels_of(values)
        drawn = channel_charts.laid_over(pixels, maps, channel)
        with st.container(key="steps_picture"):
            st.image(
                _marked(drawn, position, layer),
                width=270,
                alt="The channel overlaid on the patch, with the position marked",
            )
        st.caption(
            "The channel overlaid on the patch; the frame marks the position. Unless you choose "
            "another, it is where the channel is strongest."
        )
        tab_link.show("maps", "All channels of this layer", layer.name, channel, icon="layers")
        tab_link.show(
            "channels", f"Channel {channel} over all data", layer.name, channel, icon="search"
        )
    with right:
        given = scorer.tensors([parts.given], pixels)[parts.given]
        with st.container(key="steps_sum"):
            st.html(charts.steps_html(worked, parts, channel, given))
        figure.download(charts.table(worked, parts, channel), key="steps", of=export.ONE_PATCH)
    _weights(parts, channel, layer)


def _weights(parts: Separable, channel: int, layer: Layer) -> None:
    high, wide = parts.depthwise.shape[1:]
    st.header("All its weights", anchor=False)
    st.image(charts.kernels(parts, channel), alt=f"All {high} by {wide} kernels of {layer.name}")
    st.caption(
        f"Step 1, depthwise: {len(parts.depthwise)} kernels of {high} × {wide}, ordered by the "
        f"weight that channel {channel} gives them. Brown is below zero, teal above; one scale."
    )
    st.image(charts.mixing(parts, channel), alt=f"All pointwise weights of {layer.name}")
    st.caption(
        f"Step 2, pointwise: {parts.pointwise.shape[0]} rows, one per channel of this layer, of "
        f"{parts.pointwise.shape[1]} weights each; the frame marks channel {channel}. A uniform "
        "column means that no channel uses that filter."
    )


def _marked(
    drawn: channel_charts.Image, position: tuple[int, int], layer: Layer
) -> channel_charts.Image:
    """The picture with a frame around the position."""
    side, found = drawn.shape[0], drawn.copy()
    top, bottom = (round(at * side / layer.shape[0]) for at in (position[0], position[0] + 1))
    left, right = (round(at * side / layer.shape[1]) for at in (position[1], position[1] + 1))
    for grow, colour in ((3, (255, 255, 255)), (1, (0, 0, 0))):
        rows = slice(max(top - grow, 0), min(bottom + grow, side))
        columns = slice(max(left - grow, 0), min(right + grow, side))
        inner = found[top:bottom, left:right].copy()
        found[rows, columns] = colour
        found[top:bottom, left:right] = inner
    return found
