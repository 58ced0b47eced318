"""What does the network see in this patch? Every layer's channels, live."""

from typing import cast

import pandas as pd
import streamlit as st

from dashboard.cache import channels
from dashboard.charts import channels as channel_charts
from dashboard.charts import network
from dashboard.charts.theme import plain
from dashboard.state import page_state, selection, view
from dashboard.views.network.maps import channel_mosaic, network_row
from dashboard.views.network.maps.channel_mosaic import SORTS, Look, Measured
from dashboard.widgets import channel_figures, export, figure, patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.export.report.network import standalone
from idc_core.facts.names import told
from idc_core.facts.pictures import figure_png, svg_with_facts
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.runs.run import Run
from idc_core.score.scoring import Layer, Scorer


def show() -> None:
    """Draw the tab."""
    run, scorer, chosen = patch_page.page(layers=True)
    told = st.empty()
    activations = scorer.activations(chosen.pixels)
    told.markdown(patch_page.sentence(chosen, patch_page.score_of(run, scorer, chosen)))
    anatomy = channels.anatomy(run)
    layer = _layer(run, scorer)
    maps = channel_charts.channels_of(activations[layer.name])
    measured = _measured(run, layer)
    channel = page_state.whole("channel", maps.count)
    sorts = SORTS if measured is not None else SORTS[:-1]
    look = Look(
        cast(channel_charts.Scale, page_state.one_of("scale", ("shared", "own"), "shared")),
        cast(channel_mosaic.Sort, page_state.one_of("sort", sorts, "number")),
        channel,
    )
    channel_mosaic.show(chosen.pixels, maps, look, _choose_channel, page_state.remember, measured)
    _further(layer, channel, anatomy, measured, run)
    _take_along(chosen, layer.name, maps, look.scale, scorer, anatomy)


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


def _measured(run: Run, layer: Layer) -> Measured | None:
    """What `train_cli.py analyse` knows of the layer's channels."""
    found = channels.channels(run)
    if found is None:
        return None
    rows = found.of(layer.name)
    odd = [" ".join(channel_figures.oddities(row, found.patches)[:1]) for _, row in rows.iterrows()]
    return Measured(rows["auc"].tolist(), odd)


def _further(
    layer: Layer, channel: int | None, anatomy: Anatomy, measured: Measured | None, run: Run
) -> None:
    """Where to go from here with this layer and channel."""
    here = {"layer": layer.name, "channel": str(channel or 0)}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        view.link(
            "network/channels",
            f"What channel {channel or 0} answers to, and its worth",
            here,
            icon=":material/search:",
        )
        if layer.name in anatomy.separables:
            view.link(
                "network/steps", "How one number comes about", here, icon=":material/calculate:"
            )
        view.link(
            "network/pair",
            "Beside another patch",
            {"layer": layer.name},
            icon=":material/compare:",
        )
        if measured is None:
            st.caption(
                f"Sorting by class needs: python train_cli.py analyse --run {plain(run.name)}"
            )


def _take_along(
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
            f"{maps.count} channels · {silent} silent on this patch · colours: "
            + ("brown below zero, teal above" if maps.signed else "dark is zero, pale is the most")
            + f" · the network: {sum(each.parameters for each in scorer.layers):,} parameters, "
            f"{network.millions(total)} multiply-adds a patch"
        )
        figure.download(figures, key="channels", label="CSV", of=export.ONE_PATCH)
        known, drawn = export.facts(export.ONE_PATCH), export.facts(export.OF_NO_SPLIT)
        title = f"Feature maps of {layer}: {patch}"
        export.button(
            "PNG",
            lambda: figure_png(channel_charts.mosaic(maps, scale), known, title),
            name=layer,
            ending="png",
            key="png_channels",
        )
        network_name = f"The network of {run}"
        export.button(
            "Network as SVG",
            lambda: svg_with_facts(standalone(scorer.layers, anatomy.costs), drawn, network_name),
            name="network",
            ending="svg",
            key="svg_network",
            split="",
        )
