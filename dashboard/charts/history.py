"""Training over epochs: loss above, metrics below, learning rate at the foot, one epoch axis."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts.theme import QUIET, RUN_COLOURS, plotly_layout

KINDS = {
    "learning_rate_drop": ("learning rate drops", "triangle-down"),
    "resume": ("resumed", "x"),
    "early_stop": ("stopped early", "square"),
    "restored": ("best weights restored", "star"),
}
_FOOT = ("learning_rate", "lr")
_NEVER = ("epoch", "seconds", *_FOOT)


def metrics_of(history: pd.DataFrame) -> list[str]:
    """Logged metrics without `val_`, the loss first."""
    names = {name.removeprefix("val_") for name in history.columns if name not in _NEVER}
    return sorted(names, key=lambda name: (name != "loss", name))


def best_epoch(history: pd.DataFrame, monitor: str) -> int | None:
    """Epoch in which `monitor` was best, in its own direction; None where it was not logged."""
    if monitor not in history or history[monitor].isna().all():
        return None
    falls = any(word in monitor for word in ("loss", "brier", "ece"))
    at = history[monitor].idxmin() if falls else history[monitor].idxmax()
    return int(history.loc[at, "epoch"])


def history_figure(
    histories: Mapping[str, pd.DataFrame],
    shown: Sequence[str],
    events: Sequence[Mapping[str, Any]] = (),
    best: int | None = None,
) -> go.Figure:
    """Several runs overlaid: validation solid, training dotted, a colour a run."""
    rows = 2 + len(shown)
    titles = ["loss", *shown, "learning rate"]
    heights = [1.2, *[1.0] * len(shown), 0.45]
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.05, row_heights=heights,
        subplot_titles=titles,
    )  # fmt: skip
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    for at, (name, history) in enumerate(histories.items()):
        colour = RUN_COLOURS[at % len(RUN_COLOURS)]
        for row, metric in enumerate(["loss", *shown], start=1):
            _lines(figure, history, metric, name, colour, row)
        _rate(figure, history, name, colour, rows)
    if best is not None:
        figure.add_vline(x=best, line={"color": QUIET, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=best, y=1, xref="x", yref="y domain", text=f"best epoch {best}",
            showarrow=False, yanchor="bottom", font={"size": 12},
        )  # fmt: skip
    _flags(figure, events, rows)
    figure.update_xaxes(title_text="epoch", row=rows, col=1, dtick=None)
    plotly_layout(figure, height=230 + 190 * len(shown) + 170)
    # The legend keeps to the top edge, clear of the first panel's title.
    top = {"yref": "container", "y": 1, "yanchor": "top"}
    return figure.update_layout(legend=top, margin={"t": 64})


def _lines(
    figure: go.Figure, history: pd.DataFrame, metric: str, name: str, colour: str, row: int
) -> None:
    for column, side, dash in ((f"val_{metric}", "validation", "solid"), (metric, "train", "dot")):
        if column in history:
            figure.add_scatter(
                x=history["epoch"], y=history[column], name=f"{name} · {side}",
                legendgroup=f"{name}{side}", showlegend=row == 1,
                line={"color": colour, "dash": dash, "width": 2.2 if side == "validation" else 1.6},
                mode="lines+markers" if len(history) < 3 else "lines", row=row, col=1,
                hovertemplate=f"{name} {side} {metric} %{{y:.4f}}<extra></extra>",
            )  # fmt: skip


def _rate(figure: go.Figure, history: pd.DataFrame, name: str, colour: str, row: int) -> None:
    for column in _FOOT:
        if column in history:
            figure.add_scatter(
                x=history["epoch"], y=history[column], name=f"{name} · learning rate",
                line={"color": colour, "shape": "hv", "width": 1.6}, showlegend=False,
                row=row, col=1, hovertemplate="learning rate %{y:.2e}<extra></extra>",
            )  # fmt: skip
            return


def _flags(figure: go.Figure, events: Sequence[Mapping[str, Any]], row: int) -> None:
    for kind, (words, symbol) in KINDS.items():
        epochs = [event["epoch"] for event in events if event.get("kind") == kind]
        if epochs:
            figure.add_scatter(
                x=epochs, y=[0] * len(epochs), name=words, mode="markers", row=row, col=1,
                marker={"symbol": symbol, "size": 10, "color": "#D55E00"},
                hovertemplate=f"{words}<extra></extra>",
            )  # fmt: skip
