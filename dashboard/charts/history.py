"""Training by epoch: loss on top, metrics below, learning rate at the bottom, one shared axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts.theme import QUIET, RUN_COLOURS, plotly_layout
from idc_core.records.history import Event
from idc_core.train.history.directions import direction
from idc_core.train.history.epochs import Numbers, best_epoch, minutes, smoothed
from idc_core.train.history.repeats import SeedBand

KINDS = {
    "checkpoint": ("best so far, saved", "diamond-open", 8),
    "learning_rate_drop": ("learning rate drops", "triangle-down", 11),
    "stop": ("stopped by user", "square-open", 11),
    "resume": ("resumed", "x", 11),
    "unfrozen": ("all layers trained from here", "diamond", 11),
    "early_stop": ("stopped early", "square", 11),
    "restored": ("weights restored", "star", 12),
}
RESUME = "resume"
WORDS = {
    "loss": "loss",
    "auc": "ROC-AUC",
    "accuracy": "accuracy at 0.5",
    "sensitivity": "sensitivity at 0.5",
    "specificity": "specificity at 0.5",
    "sensitivity_at_90_specificity": "sensitivity at 90 % specificity",
    "best_threshold": "threshold of the best F1",
    "ece": "calibration error (ECE)",
    "brier": "Brier score",
}
_ORDER = list(WORDS)
_FOOT = ("learning_rate", "lr")
_NEVER = ("epoch", "seconds", *_FOOT)
_FLAG = "#D55E00"

Axis = Literal["epoch", "minutes"]


@dataclass(frozen=True)
class Look:
    """Display options of the curves."""

    shown: Sequence[str] = ()
    smoothing: float = 0.0
    axis: Axis = "epoch"
    log_loss: bool = False


@dataclass(frozen=True)
class Line:
    """One run: its table of epochs and its events."""

    name: str
    history: pd.DataFrame
    events: Sequence[Event] = ()


def metrics_of(history: pd.DataFrame) -> list[str]:
    """Logged metrics without `val_`: the loss first, then those with a display name."""
    names = {name.removeprefix("val_") for name in history.columns if name not in _NEVER}
    return sorted(names, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n))


def without_ring(history: pd.DataFrame, metrics: Sequence[str]) -> list[str]:
    """Validation metrics whose name does not tell whether higher is better: they get no ring."""
    return [each for each in metrics if f"val_{each}" in history and direction(each) is None]


def words(metric: str) -> str:
    """The display name of a metric.

    >>> words("auc"), words("val_something")
    ('ROC-AUC', 'something')
    """
    return WORDS.get(metric, metric.removeprefix("val_").replace("_", " "))


def history_figure(
    lines: Sequence[Line],
    look: Look,
    kept: int | None = None,
    bands: Mapping[str, Mapping[str, SeedBand]] | None = None,
    *,
    marked: str | None = None,
) -> go.Figure:
    """Several runs overlaid: validation solid, training dotted, one colour per run.

    With smoothing, the raw curve is drawn faintly behind. Events, rings and the `kept` epoch are
    those of the run named `marked`, if it is drawn as a line. `bands` holds the band of repeated
    seeds by group name and metric; it replaces the lines of those runs.
    """
    panels = ["loss", *look.shown]
    figure = make_subplots(
        rows=len(panels) + 1,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.05,
        row_heights=[1.2, *[1.0] * len(look.shown), 0.5],
        subplot_titles=[*map(words, panels), "learning rate"],
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    for at, line in enumerate(lines):
        colour = RUN_COLOURS[at % len(RUN_COLOURS)]
        for row, metric in enumerate(panels, start=1):
            _curves(figure, line, metric, look, colour, row)
        _rate(figure, line, look, colour, len(panels) + 1)
    for at, (name, per_metric) in enumerate((bands or {}).items(), start=len(lines)):
        for row, metric in enumerate(panels, start=1):
            if f"val_{metric}" in per_metric:
                band = per_metric[f"val_{metric}"]
                _band(figure, band, name, RUN_COLOURS[at % len(RUN_COLOURS)], row)
    for line in lines:
        if line.name == marked:
            _marks(figure, line, look, kept, len(panels) + 1)
            _own_bests(figure, line, panels, look)
    title = "epoch" if look.axis == "epoch" else "minutes of training"
    figure.update_xaxes(title_text=title, row=len(panels) + 1, col=1)
    figure.update_yaxes(exponentformat="power", row=len(panels) + 1, col=1, rangemode="tozero")
    if look.log_loss:
        figure.update_yaxes(type="log", row=1, col=1)
    else:
        _cut_spikes(figure, lines)
    plotly_layout(figure, height=250 + 170 * len(look.shown) + 150)
    # Keep the legend at the top edge, clear of the first panel's title.
    top = {"yref": "container", "y": 1, "yanchor": "top"}
    return figure.update_layout(legend=top, margin={"t": 84})


def _places(history: pd.DataFrame, axis: Axis) -> Numbers:
    if axis == "minutes":
        return minutes(history)
    return history["epoch"].to_numpy(np.float64)


def _curves(figure: go.Figure, line: Line, metric: str, look: Look, colour: str, row: int) -> None:
    history, x = line.history, _places(line.history, look.axis)
    mode = "lines+markers" if len(history) < 3 else "lines"
    for column, side, dash in ((f"val_{metric}", "validation", "solid"), (metric, "train", "dot")):
        if column not in history:
            continue
        raw = history[column].to_numpy(np.float64)
        width = 2.2 if side == "validation" else 1.6
        group = f"{line.name}{side}"
        if look.smoothing:
            figure.add_scatter(
                x=x,
                y=raw,
                mode="lines",
                line={"color": colour, "dash": dash, "width": 1},
                opacity=0.3,
                hoverinfo="skip",
                showlegend=False,
                legendgroup=group,
                name=f"{line.name} · {side}, raw",
                row=row,
                col=1,
            )
        figure.add_scatter(
            x=x,
            y=smoothed(raw, look.smoothing),
            name=f"{line.name} · {side}",
            mode=mode,
            legendgroup=group,
            showlegend=row == 1,
            customdata=raw,
            line={"color": colour, "dash": dash, "width": width},
            row=row,
            col=1,
            hovertemplate=f"{line.name} {side} %{{customdata:.4~g}}<extra></extra>",
        )


def _rate(figure: go.Figure, line: Line, look: Look, colour: str, row: int) -> None:
    for column in _FOOT:
        if column in line.history:
            figure.add_scatter(
                x=_places(line.history, look.axis),
                y=line.history[column],
                name=f"{line.name} · learning rate",
                showlegend=False,
                mode="lines",
                line={"color": colour, "shape": "hv", "width": 1.6},
                row=row,
                col=1,
                hovertemplate="learning rate %{y:.2e}<extra></extra>",
            )
            return


def _cut_spikes(figure: go.Figure, lines: Sequence[Line]) -> None:
    """One outlying epoch, mostly the first, must not flatten the others: the loss axis is cut
    above them, with a note."""
    columns = [
        line.history[name].to_numpy(np.float64)
        for line in lines
        for name in ("loss", "val_loss")
        if name in line.history
    ]
    values = np.concatenate([*columns, np.empty(0)])
    values = values[np.isfinite(values)]
    if len(values) < 5:
        return
    usual = float(np.quantile(values, 0.9))
    spread = usual - float(values.min())
    most = float(values.max())
    if most <= usual + 4 * spread or spread == 0:
        return
    top = usual + 1.5 * spread
    figure.update_yaxes(range=[float(values.min()) - 0.1 * spread, top], row=1, col=1)
    figure.add_annotation(
        x=0.1,
        y=1,
        xref="x domain",
        yref="y domain",
        showarrow=False,
        xanchor="left",
        yanchor="top",
        font={"size": 12},
        text=f"↑ maximum {most:.2f}, see the log scale",
    )


def _band(figure: go.Figure, band: SeedBand, name: str, colour: str, row: int) -> None:
    edges = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    shared = {"x": band.epochs, "legendgroup": name, "row": row, "col": 1}
    figure.add_scatter(y=band.low, name=f"{name}, lowest", **edges, **shared)
    figure.add_scatter(
        y=band.high,
        name=f"{name}, highest",
        fill="tonexty",
        fillcolor=_faint(colour),
        **edges,
        **shared,
    )
    figure.add_scatter(
        y=band.mean,
        name=f"{name} · mean of {int(band.runs.max())} seeds",
        showlegend=row == 1,
        mode="lines",
        line={"color": colour, "width": 2.6},
        customdata=band.runs,
        hovertemplate="mean of %{customdata:.0f} seeds %{y:.4~g}<extra></extra>",
        **shared,
    )


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _own_bests(figure: go.Figure, line: Line, panels: Sequence[str], look: Look) -> None:
    """A ring at the best validation value in each panel: the saved epoch was best in only one of
    them. None where the name does not tell whether higher or lower is better."""
    epochs = line.history["epoch"].to_numpy()
    for row, metric in enumerate(panels, start=1):
        column = f"val_{metric}"
        best = best_epoch(line.history, column)
        if best is None:
            continue
        at = int(np.flatnonzero(epochs == best)[0])
        value = float(line.history[column].to_numpy(np.float64)[at])
        figure.add_scatter(
            x=[_places(line.history, look.axis)[at]],
            y=[value],
            mode="markers",
            row=row,
            col=1,
            name=f"best {words(metric)}",
            showlegend=False,
            marker={"symbol": "circle-open", "size": 11, "color": QUIET, "line": {"width": 2}},
            hovertemplate=f"best {words(metric)}: {value:.4g} in epoch {best}<extra></extra>",
        )


def _marks(figure: go.Figure, line: Line, look: Look, kept: int | None, foot: int) -> None:
    """The saved epoch as a labelled line, resumptions as dotted lines, events as marks below."""
    epochs = line.history["epoch"].to_numpy(np.float64)
    places = _places(line.history, look.axis)
    if not len(epochs) or not np.isfinite(places).all():
        return

    def place(epoch: float) -> float:
        return float(np.interp(epoch, epochs, places))

    if kept is not None:
        figure.add_vline(x=place(kept), line={"color": QUIET, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=place(kept),
            y=1,
            xref="x",
            yref="y domain",
            text=f"saved: epoch {kept}",
            showarrow=False,
            yanchor="bottom",
            font={"size": 12},
        )
    for kind, (said, symbol, size) in KINDS.items():
        own = [event for event in line.events if event.kind == kind]
        at = [place(event.epoch) for event in own]
        if not own:
            continue
        if kind == RESUME:
            for resumed in dict.fromkeys(at):
                figure.add_vline(x=resumed, line={"color": _FLAG, "width": 1, "dash": "dot"})
        figure.add_scatter(
            x=at,
            y=[0] * len(at),
            name=said,
            mode="markers",
            row=foot,
            col=1,
            marker={"symbol": symbol, "size": size, "color": _FLAG},
            cliponaxis=False,
            hovertemplate=f"{said}<extra></extra>",
        )
