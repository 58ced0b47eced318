"""Patches on the first two principal components of the network's embedding."""

from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.theme import (
    COLOURS,
    LABEL_COLOURS,
    NO_OUTCOME,
    OUTCOMES,
    QUIET,
    plotly_layout,
)
from idc_core.data.known_labels import UNKNOWN, is_known
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import digits
from idc_core.records.raster import Raster

MOST = 3000
"""Points that are drawn; more would only overlap."""

_SYMBOLS = {
    "tp": "circle",
    "fn": "x",
    "fp": "diamond",
    "tn": "circle-open",
    "unlabelled": "square-open",
    "unscored": "square-open",
}
COLOURED = {"outcome": "outcome", "label": "label", "patient": "selected patient"}


def embedding_map(
    table: pd.DataFrame,
    coloured: str,
    patient: str | None,
    picked: tuple[float, float] | None,
    raster: Raster,
) -> go.Figure:
    """The points of `table` (`right`, `up`, `row`, patient, outcome, label, score), to be lassoed.

    Each point carries its `row` of the store; `picked` is marked.
    """
    drawn, words = go.Figure(), words_of(raster)
    for name, colour, symbol, here in _groups(table, coloured, patient, raster):
        own = table[here]
        drawn.add_scatter(
            x=own["right"],
            y=own["up"],
            mode="markers",
            name=f"{escape(name)} ({len(own):,})",
            customdata=own["row"],
            marker={"color": colour, "symbol": symbol, "size": 6, "opacity": 0.7},
            text=[
                f"{who}<br>{escape(words[what])}, score {digits(score)}"
                for who, what, score in zip(
                    own["patient"].map(escape),
                    own["outcome"],
                    own["score"],
                    strict=True,
                )
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    if picked is not None:
        drawn.add_scatter(
            x=[picked[0]],
            y=[picked[1]],
            mode="markers",
            name="this patch",
            hoverinfo="skip",
            marker={"size": 17, "symbol": "circle-open", "color": "#D55E00", "line": {"width": 3}},
        )
    plotly_layout(drawn, height=460)
    drawn.update_layout(hovermode="closest", dragmode="lasso")
    drawn.update_xaxes(showticklabels=False, zeroline=False, title="first principal component")
    drawn.update_yaxes(showticklabels=False, zeroline=False, title="second principal component")
    return drawn


def _groups(
    table: pd.DataFrame, coloured: str, patient: str | None, raster: Raster
) -> "list[tuple[str, str, str, np.ndarray]]":
    if coloured == "label":
        groups = [
            (name, LABEL_COLOURS[value], symbol, (table["label"] == value).to_numpy())
            for name, value, symbol in (
                (raster.negative, 0, "circle-open"),
                (raster.positive, 1, "circle"),
            )
        ]
        unknown = ~is_known(table["label"])
        return groups + [(UNKNOWN, QUIET, "square-open", unknown)] * bool(unknown.any())
    if coloured == "patient":
        own = (table["patient"] == patient).to_numpy()
        return [
            ("other patients", QUIET, "circle-open", ~own),
            ("selected patient", "#D55E00", "circle", own),
        ]
    words = words_of(raster)
    there = [each for each in NO_OUTCOME if (table["outcome"] == each).any()]
    return [
        (words[each], COLOURS[each], _SYMBOLS[each], (table["outcome"] == each).to_numpy())
        for each in (*there, *reversed(OUTCOMES))
    ]
