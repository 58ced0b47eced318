"""What does the network see in this patch? Every layer's channels, live."""

import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts import channels, network, theme
from dashboard.charts.patches import outcome
from dashboard.components import channel_mosaic, empty, figure, network_row, patch_source
from idc_core.runs import Run
from idc_core.scoring import Scorer


def page() -> None:
    left, right = st.columns([1, 2.2], vertical_alignment="center")
    with left:
        figure.title("Feature maps", "What does the network see in this patch?")
    name = thread.current().run
    if name is None:
        empty.no_runs()
        return
    run = loaders.run(name)
    scorer = loaders.scorer(run)
    with right:
        chosen = patch_source.show(run)
    if chosen is None:
        empty.show(_missing(run))
        return
    told = st.empty()
    activations = scorer.activations(chosen.pixels)
    score = float(loaders.calibrated(run, scorer.score(chosen.pixels[None]))[0])
    told.markdown(sentence(chosen, score))
    layer = _layer(scorer)
    maps = channels.channels_of(activations[layer])
    channel = _whole(st.query_params.get("channel"), maps.count)
    scale: channels.Scale = "own" if st.query_params.get("scale") == "own" else "shared"
    channel_mosaic.show(chosen.pixels, maps, scale, channel, _choose_channel, _choose_scale)
    _take_along(chosen, layer, maps, scale)


def sentence(chosen: patch_source.Chosen, score: float) -> str:
    """The patch in a line: what it is, what the network says, whether that is right."""
    threshold = thread.current().threshold or 0.0
    facts = chosen.facts
    label = {1: "labelled IDC", 0: "labelled no IDC", None: "label unknown"}[facts.label]
    called = "called IDC" if score >= threshold else "called no IDC"
    result = outcome(facts.label, score, threshold)
    judged = f" – **{theme.WORDS[result]}**" if result else ""
    return (
        f"{theme.plain(facts.file)} ({chosen.origin}): {label}, score **{score:.3f}**, "
        f"{called} at {threshold:.3g}{judged}"
    )


def _layer(scorer: Scorer) -> str:
    names = [layer.name for layer in scorer.layers]
    layer = st.query_params.get("layer")
    if layer not in names:
        layer = network.first_to_show(scorer.layers) or names[0]
    network_row.show(network.boxes(scorer.layers), layer, _choose_layer)
    return layer


def _choose_layer(name: str) -> None:
    _remember("layer", name)
    _remember("channel", None)


def _choose_channel(number: int | None) -> None:
    _remember("channel", None if number is None else str(number))


def _choose_scale(scale: channels.Scale) -> None:
    _remember("scale", None if scale == "shared" else scale)


def _take_along(
    chosen: patch_source.Chosen, layer: str, maps: channels.Channels, scale: channels.Scale
) -> None:
    figures = pd.DataFrame(
        {
            "layer": layer,
            "channel": range(maps.count),
            "smallest": maps.low,
            "largest": maps.high,
            "mean": maps.mean,
            "share_of_zeros": maps.zeros,
            "patch": chosen.facts.file,
        }
    )
    silent = int((maps.zeros == 1).sum())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{maps.count} channels · {silent} silent on this patch · colours: "
            + ("brown below zero, teal above" if maps.signed else "dark is zero, pale is the most")
        )
        figure.download(figures, key="channels", label="CSV")
        st.download_button(
            "PNG", lambda: channels.png(channels.mosaic(maps, scale)),
            file_name=f"{layer}_{thread.current().run}.png", mime="image/png",
            key="png_channels", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _missing(run: Run) -> str:
    data = str((run.info.get("data") or {}).get("name", "NAME"))
    if not run.has_predictions:
        return "This run has no predictions to choose a patch from. Upload a patch above."
    if loaders.pixels_of(run) is None:
        return (
            f"The patches of “{data}” are not on this machine, so there is none to look into. "
            f"Upload one above, or make them: python train_cli.py prepare SOURCE --name {data}."
        )
    return "This split has no patches. Choose another in the bar, or upload a patch above."


def _whole(text: str | None, below: int) -> int | None:
    return (
        int(text)
        if text is not None and text.isascii() and text.isdigit() and int(text) < below
        else None
    )


def _remember(name: str, value: str | None) -> None:
    """Keep a choice in the address, so that a copied link shows it too."""
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


page()
