"""Training loss by learning rate, with the suggested rate."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.theme import ACCENT, QUIET, plotly_layout
from idc_core.train.history.rates import NoAdvice, Suggested, smooth_losses

_OWN = "#D55E00"


def rates_figure(table: pd.DataFrame, found: Suggested | NoAdvice, own: float | None) -> go.Figure:
    """`table` holds the rate and loss of each step; `own` is the run's own learning rate."""
    figure = go.Figure()
    figure.add_scatter(
        x=table["rate"],
        y=table["loss"],
        mode="lines",
        name="loss of each batch",
        line={"color": ACCENT, "width": 1},
        opacity=0.35,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=table["rate"],
        y=smooth_losses(table["loss"]),
        mode="lines",
        name="smoothed",
        line={"color": ACCENT, "width": 2.4},
        hovertemplate="rate %{x:.2e}, loss %{y:.3f}",
    )
    if isinstance(found, Suggested):
        _rule(figure, found.rate, f"suggested {found.rate:.1e}", ACCENT, "dash", "top left")
        _rule(figure, found.lowest, "lowest loss", QUIET, "dot", "bottom right")
    if own is not None:
        _rule(figure, own, f"this run {own:.1e}", _OWN, "solid", "top right")
    figure.update_xaxes(type="log", title="learning rate", exponentformat="power")
    figure.update_yaxes(title="training loss")
    return plotly_layout(figure, height=360)


def _rule(figure: go.Figure, rate: float, said: str, colour: str, dash: str, position: str) -> None:
    figure.add_vline(
        x=rate,
        line={"color": colour, "width": 1.6, "dash": dash},
        annotation_text=said,
        annotation_position=position,
    )
