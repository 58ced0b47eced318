"""What activates this channel in all data, and what is lost without it?"""

import numpy as np
import streamlit as st

from dashboard.cache import channels, stores
from dashboard.charts import channels as pictures
from dashboard.charts import network
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import plain
from dashboard.state import page_state
from dashboard.views.network import tab_link
from dashboard.views.network.channels import channel_table, measure
from dashboard.widgets import channel_figures, layer_choice, patch_gallery, patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.data.known_labels import idc_among
from idc_core.interpret.channels.analyse import Channels
from idc_core.interpret.channels.cut import read_layers
from idc_core.io.digits import digits
from idc_core.runs.run import Run
from idc_core.score.scoring import Layer, Scorer


def show() -> None:
    """Draw the tab."""
    run, scorer, chosen = patch_page.page(layers=True)
    patch_gallery.go()
    readable = [layer.name for layer in read_layers(scorer)]
    first = network.first_to_show(scorer.layers) or scorer.layers[0].name
    one, two, three = st.columns([1.6, 1, 3], vertical_alignment="center", gap="medium")
    with one:
        layer = layer_choice.layer_of(scorer.layers, first)
    with two:
        channel = layer_choice.channel_of(layer)
    with three:
        _for_this_patch(run, scorer, chosen, layer, channel, readable)
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        _picture(scorer, chosen, layer, channel)
    found = channels.channels(run)
    with right:
        if found is None:
            measure.show(run)
            return
        channel_figures.show(run, found, layer.name, channel, patch_page.threshold())
    _strongest(run, found, layer, channel)
    st.header(f"All channels of {plain(layer.name)}", anchor=False)
    lost = channels.auc_lost(run, found, layer.name)
    table = channel_table.table_of(found, layer.name, lost)
    channel_table.show(table, lambda number: page_state.remember("channel", str(number)))


def _for_this_patch(
    run: Run, scorer: Scorer, chosen: Chosen, layer: Layer, channel: int, readable: list[str]
) -> None:
    """The score of the patch without the channel."""
    if layer.name not in readable:
        return
    score = patch_page.score_of(run, scorer, chosen)
    without = float(channels.here(run, layer.name, chosen.pixels)[channel])
    at = patch_page.threshold()
    changes = ": **the prediction changes**" if (without >= at) != (score >= at) else ""
    st.markdown(
        f"Without this channel, this patch would score **{digits(without)}** "
        f"({without - score:+.3g}){changes}.".replace("-0.", "−0.")
    )


def _picture(scorer: Scorer, chosen: Chosen, layer: Layer, channel: int) -> None:
    values = scorer.answers(layer, chosen.pixels[None])[0]
    maps = pictures.channels_of(values)
    st.image(
        pictures.laid_over(chosen.pixels, maps, channel),
        width=300,
        alt=f"Channel {channel} of {layer.name} overlaid on the patch",
    )
    st.caption(
        f"Its activation on this patch: {maps.low[channel]:.2f} to {maps.high[channel]:.2f}, mean "
        f"{maps.mean[channel]:.2f}. Transparent where it is zero."
    )
    tab_link.show("maps", "All channels of this layer", layer.name, channel, icon="layers")
    if "SeparableConv" in layer.kind:
        label = "How one of its values is computed"
        tab_link.show("steps", label, layer.name, channel, icon="calculate")
    reader = _read_as(scorer, layer)
    if reader != layer.name:
        tab_link.show("channels", f"Same channel in {reader}", reader, channel, icon="search")


def _read_as(scorer: Scorer, layer: Layer) -> str:
    """The layer after normalisation and ReLU in which the next one reads this layer's channels."""
    names = [each.name for each in scorer.layers]
    behind = names[names.index(layer.name) :]
    found = (each for each in read_layers(scorer) if each.name in behind)
    reader = next((each for each in found if each.shape[-1] == layer.shape[-1]), layer)
    return reader.name


def _strongest(run: Run, found: Channels, layer: Layer, channel: int) -> None:
    """The patches of all data that activate the channel most."""
    store = stores.pixels_of(run)
    assert store is not None  # its patches were measured
    column = int(np.flatnonzero((found.table["layer"] == layer.name).to_numpy())[channel])
    # A patch that gets no answer at all is not among the strongest of a channel.
    at, values = found.rows[:, column], found.values[:, column]
    answered = (at >= 0) & (values != 0)
    at, values = at[answered], values[answered]
    if not len(at):
        st.markdown(f"**No patch activates this channel**, out of {found.patches:,}.")
        return
    rows = channels.rows(run, store).iloc[at]
    outcome = outcome_of(rows["label"], rows["score"], patch_page.threshold())
    patients = rows["patient"].nunique()
    labelled = plain(idc_among(rows["label"], run.info.raster))
    st.markdown(
        f"**The {len(at)} patches with the highest mean activation**, out of {found.patches:,}: "
        f"{labelled}, from {patients} patients; mean activation "
        f"{values[0]:.2f} to {values[-1]:.2f}."
    )
    patch_gallery.show(
        rows.assign(outcome=outcome, mean_activation=values),
        store,
        run.info.raster,
        key="strongest",
        to_patients=True,
    )
