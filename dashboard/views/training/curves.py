"""The curves of the selected run and of the runs overlaid on it, with their display options."""

from typing import cast

import pandas as pd
import streamlit as st

from dashboard.cache import runs, training
from dashboard.charts.history import (
    Axis,
    Line,
    Look,
    history_figure,
    metrics_of,
    without_ring,
    words,
)
from dashboard.charts.theme import many
from dashboard.state import page_state
from dashboard.widgets import export, figure
from idc_core.runs.run import Run
from idc_core.train.history.repeats import SeedBand, seed_band
from idc_core.train.history.settings import repeats

FIRST = ("auc", "sensitivity_at_90_specificity", "best_threshold")
AXES = {"epoch": "epoch", "minutes": "wall time"}


def show(run: Run, history: pd.DataFrame, others: list[str]) -> None:
    """Draw them; every option is in the address."""
    look, banded = _look(run, history, others)
    lines = [training.line(name) for name in [run.name, *others]]
    bands = _bands(lines) if banded else {}
    kept = [line for line in lines if not any(line.name in group for group in bands)]
    figure.plotly(
        history_figure(
            kept,
            look,
            training.kept(run),
            {" + ".join(group): band for group, band in bands.items()},
            marked=run.name,
        ),
        key="history",
        alt_text="Loss, metrics and learning rate by epoch, training and validation",
        caption=_caption(run, history, look, bands),
        table=history,
        of=export.Count(None, None, split="train and validation", cut=False),
    )


def _caption(
    run: Run, history: pd.DataFrame, look: Look, bands: dict[tuple[str, ...], dict[str, SeedBand]]
) -> str:
    said = (
        f"{many(len(history))} epochs. Solid: validation, dotted: training (with augmentation and "
        "dropout). "
    )
    if any(run.name in group for group in bands):
        said += (
            f"{run.name} is part of a band of several runs, so its epochs and events are not "
            "marked."
        )
    else:
        said += _marks(run, history, look)
    if look.smoothing:
        said += " Faint: the curve as logged."
    if bands:
        said += " A band spans the lowest to the highest seed; with so few seeds it is not a "
        said += "confidence interval."
    return said


def _marks(run: Run, history: pd.DataFrame, look: Look) -> str:
    """What the line, the rings and the flags mean, and which metrics have no ring."""
    said = "Ring: best validation value of the metric; "
    unclear = without_ring(history, ["loss", *look.shown])
    if unclear:
        said += (
            f"none for {', '.join(map(words, unclear))}, where neither higher nor lower is better; "
        )
    if training.kept(run) is not None:
        monitor = words(training.monitor(run).removeprefix("val_"))
        said += f"dashed line: the epoch whose weights were saved, by {monitor}; "
    return said + (f"rings, event marks and dotted lines (resumed) belong to {run.name}.")


def _look(run: Run, history: pd.DataFrame, others: list[str]) -> tuple[Look, bool]:
    metrics = [name for name in metrics_of(history) if name != "loss"]
    shown = _metrics(metrics)
    first, second, third = st.columns([1.4, 1, 1.6], gap="large", vertical_alignment="bottom")
    with first:
        smoothing = _smoothing()
    with second:
        axis = _axis(history)
    with third:
        log_loss = _toggle("Log scale", "log", help="For the loss.")
        banded = False
        infos = {name: runs.run(name).info for name in [run.name, *others]}
        if repeats(infos):
            banded = _toggle(
                "Seeds as a band",
                "band",
                default=True,
                help="Runs that differ only in their seed are drawn as one mean curve with a band "
                "from lowest to highest.",
            )
    return Look(shown, smoothing, axis, log_loss), banded


def _metrics(metrics: list[str]) -> list[str]:
    said = st.query_params.get("metrics")
    default = [name for name in FIRST if name in metrics] or metrics[:2]
    known = [name for name in metrics if name in (said or "").split(",")]
    st.session_state["metrics"] = known if said is not None else default

    def keep() -> None:
        page_state.remember("metrics", ",".join(st.session_state["metrics"]) or "none")

    picked = st.pills(
        "Metrics",
        metrics,
        selection_mode="multi",
        key="metrics",
        on_change=keep,
        format_func=words,
    )
    # In a fixed order, whichever was clicked first.
    return [name for name in metrics if name in picked]


def _smoothing() -> float:
    known = page_state.whole("smooth", 100)
    st.session_state["smoothing"] = 0 if known is None else min(known, 95)

    def keep() -> None:
        value = int(st.session_state["smoothing"])
        page_state.remember("smooth", str(value) if value else None)

    chosen = st.slider(
        "Smoothing",
        0,
        95,
        step=5,
        format="%d%%",
        key="smoothing",
        on_change=keep,
        help="Exponential moving average, as in TensorBoard. The curve as logged stays visible, "
        "faint, behind it.",
    )
    return float(chosen) / 100


def _axis(history: pd.DataFrame) -> Axis:
    names = list(AXES) if "seconds" in history else ["epoch"]
    now = page_state.one_of("axis", names, "epoch")
    st.session_state["axis"] = now

    def keep() -> None:
        page_state.remember("axis", None if st.session_state["axis"] == "epoch" else "minutes")

    st.segmented_control(
        "Horizontal axis",
        names,
        key="axis",
        format_func=AXES.__getitem__,
        on_change=keep,
        required=True,
    )
    return cast(Axis, now)


def _toggle(label: str, name: str, *, default: bool = False, help: str | None = None) -> bool:
    said = st.query_params.get(name)
    now = default if said not in ("0", "1") else said == "1"
    st.session_state[f"curves_{name}"] = now

    def keep() -> None:
        value = bool(st.session_state[f"curves_{name}"])
        page_state.remember(name, None if value == default else str(int(value)))

    return bool(st.toggle(label, key=f"curves_{name}", on_change=keep, help=help))


def _bands(lines: list[Line]) -> dict[tuple[str, ...], dict[str, SeedBand]]:
    """One band per metric for each group of runs that differ only in their seed."""
    known = {line.name: line.history for line in lines}
    groups = repeats({name: runs.run(name).info for name in known})
    found: dict[tuple[str, ...], dict[str, SeedBand]] = {}
    for group in groups:
        own = [known[name] for name in group]
        columns = {name for each in own for name in each if str(name).startswith("val_")}
        found[tuple(group)] = {str(name): seed_band(own, str(name)) for name in columns}
    return found
