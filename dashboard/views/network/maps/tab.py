"""What does each layer of the network see in this patch?"""

from typing import cast

import pandas as pd
import streamlit as st

from dashboard.cache import channels
from dashboard.charts import channels as channel_charts
from dashboard.charts import network
from dashboard.charts.theme import plain
from dashboard.state import page_state, selection
from dashboard.views.network import tab_link
from dashboard.views.network.maps import channel_mosaic, network_row
from dashboard.views.network.maps.channel_mosaic import SORTS, Look
from dashboard.widgets import channel_figures, export, figure, guarded, patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.export.report.network import standalone
from idc_core.facts.names import told
from idc_core.facts.pictures import figure_png, svg_with_facts
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.runs.run import Run
from idc_core.score.scoring import Layer, Scorer


def show() -> None:
    """Draw the tab."""
    _layers(*patch_page.page(layers=True))


@guarded.fragment()
def _layers(run: Run, scorer: Scorer, chosen: Chosen) -> None:
    """All that depends on the layer: another layer redraws this part of the page only."""
    layer = _layer(run, scorer)
    maps = channel_charts.channels_of(scorer.activations(chosen.pixels)[layer.name])
    measured = channel_figures.measured(run, layer.name)
    channel = page_state.whole("channel", maps.count)
    sorts = SORTS if measured is not None else SORTS[:-1]
    look = Look(
        cast(channel_charts.Scale, page_state.one_of("scale", ("shared", "own"), "shared")),
        cast(channel_mosaic.Sort, page_state.one_of("sort", sorts, "number")),
        channel,
    )
    channel_mosaic.show(chosen.pixels, maps, look, _choose_channel, page_state.remember, measured)
    anatomy = channels.anatomy(run)
    _links(layer, channel, anatomy)
    if measured is None:
        st.caption(
            "To sort channels by how well each separates the classes, measure them once: "
            f"python train_cli.py analyse --run {plain(run.name)}"
        )
    _downloads(chosen, layer.name, maps, look.scale, scorer, anatomy)


def _layer(run: Run, scorer: Scorer) -> Layer:
    names = [layer.name for layer in scorer.layers]
    first = network.first_to_show(scorer.layers) or names[0]
    name = page_state.one_of("layer", names, first)
    network_row.show(channels.boxes(run), name, _choose_layer)
    return scorer.layers[names.index(name)]


def _choose_layer(name: str) -> None:
    page_state.remember("layer", name)
    page_state.remember("channel", None)


def _choose_channel(number: int | None) -> None:
    page_state.remember("channel", None if number is None else str(number))


def _links(layer: Layer, channel: int | None, anatomy: Anatomy) -> None:
    """The other tabs, with this layer and channel."""
    which = "this layer" if channel is None else f"channel {channel}"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        label = "Channel 0 over all data" if channel is None else f"Channel {channel} over all data"
        tab_link.show("channels", label, layer.name, channel, icon="search")
        if layer.name in anatomy.separables:
            label = f"How one value of {which} is computed"
            tab_link.show("steps", label, layer.name, channel, icon="calculate")
        tab_link.show("pair", "Compare with another patch", layer.name, channel, icon="compare")


def _downloads(
    chosen: Chosen,
    layer: str,
    maps: channel_charts.Channels,
    scale: channel_charts.Scale,
    scorer: Scorer,
    anatomy: Anatomy,
) -> None:
    patch = told(chosen.facts.file, chosen.facts.patient)
    figures = pd.DataFrame(
        {
            "layer": layer,
            "channel": range(maps.count),
            "smallest": maps.low,
            "largest": maps.high,
            "mean": maps.mean,
            "share_of_zeros": maps.zeros,
            "patch": patch,
        }
    )
    silent, run = int((maps.zeros == 1).sum()), selection.current().run
    total = sum(cost.multiply_adds for cost in anatomy.costs.values())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{maps.count} channels, {silent} silent on this patch (all zeros). Colours: "
            + ("brown below zero, teal above" if maps.signed else "dark is zero, pale the maximum")
            + f". The network: {sum(each.parameters for each in scorer.layers):,} parameters, "
            f"{network.millions(total)} multiply-adds per patch."
        )
        figure.download(figures, key="channels", label="CSV", of=export.ONE_PATCH)
        of_patch, of_network = export.facts(export.ONE_PATCH), export.facts(export.OF_NO_SPLIT)
        title = f"Feature maps of {layer}: {patch}"
        export.button(
            "PNG",
            lambda: figure_png(channel_charts.mosaic(maps, scale), of_patch, title),
            name=layer,
            ending="png",
            key="png_channels",
        )
        network_name = f"The network of {run}"
        export.button(
            "Network as SVG",
            lambda: svg_with_facts(
                standalone(scorer.layers, anatomy.costs), of_network, network_name
            ),
            name="network",
            ending="svg",
            key="svg_network",
            split="",
        )
