"""One channel in figures: what it tells alone, and what is lost without it."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import channels
from dashboard.charts.theme import counted, rate
from dashboard.widgets import empty, few_patients, figure
from idc_core.interpret.channels.analyse import Channels
from idc_core.interpret.channels.statistics import TOP
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics import paired
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.simultaneous import Together
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.runs.run import Run

FLAGS = {
    "dead": "dead: it says the same at every place of every patch",
    "saturated": "always on: above zero everywhere, so its rectification does nothing",
}


def show(run: Run, found: Channels, layer: str, channel: int, threshold: float) -> None:
    """Its figures with n; sentences for what makes it odd."""
    row = found.of(layer).iloc[channel]
    few_patients.show(int(found.sample["patient"].nunique()), where="in validation")
    figure.numbers(_alone(found, row))
    figure.numbers(_without(run, found, layer, channel, threshold))
    judged = channels.judged(run, found, layer)
    if judged is not None:
        st.markdown(f"**{in_words(judged, channel)}**")
    for sentence in oddities(row, found.patches):
        st.markdown(f"• {sentence}")
    if layer not in found.measured:
        st.caption(
            "What is lost without a channel is measured where the next layer reads it: behind norm "
            "and rectification. Choose such a layer above."
        )


def in_words(judged: Together, channel: int) -> str:
    """Whether the network is shown to need the channel, all channels of the layer looked at."""
    of = f"judged together with the layer's other channels ({judged.judged} change a score)"
    if not math.isfinite(judged.low[channel]):
        return "Without this channel ROC-AUC stays as it is."
    if judged.below[channel]:
        return f"The network is shown to rank worse without this channel, {of}."
    if judged.above[channel]:
        return f"The network is shown to rank better without this channel, {of}."
    return f"The network is not shown to need this channel, {of}."


def oddities(row: pd.Series, patches: int) -> list[str]:
    """What a reader should know before believing in a channel."""
    said = [f"This channel is {words}." for name, words in FLAGS.items() if row[name]]
    if row["duplicate_of"] >= 0:
        said.append(
            f"It repeats channel {int(row['duplicate_of'])} of this layer (correlation at least "
            "0.98 over all places of 256 patches)."
        )
    if 0 < row["top_patients"] <= 3:
        said.append(
            f"Its {TOP} strongest patches come from {counted(int(row['top_patients']), 'patient')} "
            "alone: it may know a stain or a slide, not a tissue."
        )
    if row["silent"] and not row["dead"]:
        said.append(f"It is silent on {row['silent'] / patches:.0%} of {patches:,} patches.")
    return said


def _alone(found: Channels, row: pd.Series) -> list[tuple[str, str, str]]:
    n, patients = len(found.sample), found.sample["patient"].nunique()
    sample = f"{n:,} validation patches · {counted(patients, 'patient')}"
    return [
        ("Tells the classes apart alone (AUC)", rate(row["auc"]), sample),
        (
            "Patients among its strongest",
            f"{int(row['top_patients'])} of {TOP}",
            f"{TOP} patches out of {found.patches:,}",
        ),
    ]


def _without(
    run: Run, found: Channels, layer: str, channel: int, threshold: float
) -> list[tuple[str, str, str]]:
    scores = channels.without(run, found, layer)
    if scores is None:
        return [("AUC lost without it", UNDEFINED, "not measured in this layer")]
    base, off = scores[0], scores[1][channel]
    patients, owner = np.unique(found.sample["patient"].astype(str), return_inverse=True)
    labels = found.sample["label"].to_numpy(np.int8)
    jackknife = PatientJackknife(len(patients))
    area = paired.roc_auc(jackknife, owner.astype(np.int64), labels, base, off)
    cells = paired.cell_of(labels, base >= threshold, off >= threshold)
    counts = np.bincount(owner * 8 + cells, minlength=8 * len(patients)).reshape(-1, 8)
    rates = paired.rates(jackknife, counts, ("sensitivity", "specificity"))
    return [
        ("AUC without it", *_change(area)),
        *((f"{METRICS[name].title} without it", *_change(each)) for name, each in rates.items()),
    ]


def _change(found: paired.Paired) -> tuple[str, str]:
    """The change with its interval, and from what to what under it."""
    difference: Interval = found.difference
    if not np.isfinite(difference.value):
        return UNDEFINED, "one class is missing"
    write = decimals(3, "+", minus="−")
    return (
        interval(difference.value, difference.low, difference.high, write, TO),
        f"{rate(found.a.value)} with, {rate(found.b.value)} without",
    )


def missing(run: Run) -> None:
    """What to do where nothing was measured yet."""
    empty.show(
        "The channels of this network have not been measured yet: which patches they answer to, "
        "and what is lost without them. Measure them once (minutes; it can be stopped and goes on "
        f"where it was): python train_cli.py analyse --run {run.name}."
    )
