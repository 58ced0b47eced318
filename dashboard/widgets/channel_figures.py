"""One channel in figures: how well it separates the classes, and what is lost without it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import channels
from dashboard.charts.theme import counted, rate
from dashboard.widgets import few_patients, figure
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
    "dead": "dead: the same value at every position of every patch",
    "saturated": "always on: above zero everywhere, so its ReLU does nothing",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The channels of a layer over all data: each one's AUC, and a remark on those that are odd."""

    auc: Sequence[float]
    odd: Sequence[str]


def measured(run: Run, layer: str) -> Measured | None:
    """What `train_cli.py analyse` found for a layer; None before it ran."""
    found = channels.channels(run)
    return None if found is None else _measured(str(found.folder), layer, found)


@st.cache_resource(max_entries=256, show_spinner=False)
def _measured(folder: str, layer: str, _found: Channels) -> Measured:
    rows = _found.of(layer)
    odd = [" ".join(oddities(row, _found.patches)[:1]) for _, row in rows.iterrows()]
    return Measured(rows["auc"].tolist(), odd)


def show(run: Run, found: Channels, layer: str, channel: int, threshold: float) -> None:
    """Draw its figures with n, and what is odd about it in sentences."""
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
            "The effect of removing a channel is measured where the next layer reads it: after "
            "normalisation and ReLU. Choose such a layer above."
        )


def in_words(judged: Together, channel: int) -> str:
    """Whether the network needs the channel, corrected for testing all channels of the layer."""
    of = f"simultaneous intervals over the {judged.judged} channels that change a score"
    if not math.isfinite(judged.low[channel]):
        return "Removing this channel does not change ROC-AUC."
    if judged.below[channel]:
        return f"Removing this channel lowers ROC-AUC ({of})."
    if judged.above[channel]:
        return f"Removing this channel raises ROC-AUC ({of})."
    return f"Removing this channel has no demonstrable effect on ROC-AUC ({of})."


def oddities(row: pd.Series, patches: int) -> list[str]:
    """What to know before interpreting a channel."""
    said = [f"This channel is {words}." for name, words in FLAGS.items() if row[name]]
    if row["duplicate_of"] >= 0:
        said.append(
            f"It duplicates channel {int(row['duplicate_of'])} of this layer (correlation ≥ 0.98 "
            "over all positions of 256 patches)."
        )
    if 0 < row["top_patients"] <= 3:
        said.append(
            f"Its {TOP} strongest patches come from only "
            f"{counted(int(row['top_patients']), 'patient')}: it may respond to a stain or a slide "
            "rather than to tissue."
        )
    if row["silent"] and not row["dead"]:
        said.append(f"It is silent on {row['silent'] / patches:.0%} of {patches:,} patches.")
    return said


def _alone(found: Channels, row: pd.Series) -> list[tuple[str, str, str]]:
    n, patients = len(found.sample), found.sample["patient"].nunique()
    sample = f"{n:,} validation patches · {counted(patients, 'patient')}"
    return [
        ("Single-channel AUC", rate(row["auc"]), sample),
        (
            "Patients among its strongest patches",
            f"{int(row['top_patients'])} of {TOP}",
            f"{TOP} of {found.patches:,} patches",
        ),
    ]


def _without(
    run: Run, found: Channels, layer: str, channel: int, threshold: float
) -> list[tuple[str, str, str]]:
    scores = channels.without(run, found, layer)
    if scores is None:
        return [("Change of AUC without it", UNDEFINED, "not measured in this layer")]
    base, off = scores[0], scores[1][channel]
    patients, owner = np.unique(found.sample["patient"].astype(str), return_inverse=True)
    labels = found.sample["label"].to_numpy(np.int8)
    jackknife = PatientJackknife(len(patients))
    area = paired.roc_auc(jackknife, owner.astype(np.int64), labels, base, off)
    cells = paired.cell_of(labels, base >= threshold, off >= threshold)
    counts = np.bincount(owner * 8 + cells, minlength=8 * len(patients)).reshape(-1, 8)
    rates = paired.rates(jackknife, counts, ("sensitivity", "specificity"))
    return [
        ("Change of AUC without it", *_change(area)),
        *(
            (f"Change of {METRICS[name].in_a_sentence} without it", *_change(each))
            for name, each in rates.items()
        ),
    ]


def _change(found: paired.Paired) -> tuple[str, str]:
    """The change with its interval, and below it both values."""
    difference: Interval = found.difference
    if not np.isfinite(difference.value):
        return UNDEFINED, "needs both classes"
    write = decimals(3, "+", minus="−")
    return (
        interval(difference.value, difference.low, difference.high, write, TO),
        f"{rate(found.a.value)} with, {rate(found.b.value)} without",
    )
