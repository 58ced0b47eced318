"""The 2×2 confusion matrix: large counts, small rates, axes in words, clickable cells."""

from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, outcome_scale, source, template
from dashboard.charts.theme import INK, LETTERS, OUTCOMES
from idc_core.facts import matrix_words
from idc_core.facts.matrix_words import PLACES
from idc_core.facts.outcomes import words_of
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

SELECTION = "cell"


def matrix_table(counts: Confusion, raster: Raster, share: str = "row") -> pd.DataFrame:
    """One row per cell: `outcome, label, call, count, share` (of its row or column), and words."""
    values = {"tp": counts.tp, "fn": counts.fn, "fp": counts.fp, "tn": counts.tn}
    words, labels, calls = words_of(raster), _labels(raster), _calls(raster)
    said, rows, axis = matrix_words.matrix(counts, raster), [], int(share == "column")
    for outcome in OUTCOMES:
        row, column = place = PLACES[outcome]
        whole = sum(values[each] for each, at in PLACES.items() if at[axis] == place[axis])
        rows.append(
            {
                "outcome": outcome,
                "label": labels[row],
                "call": calls[column],
                "count": values[outcome],
                "share": values[outcome] / whole if whole else float("nan"),
                "said": said[f"{outcome}.count"],
                "what": words[outcome],
                "named": f"{words[outcome]} · {LETTERS[outcome]}",
                "of": said[f"{outcome}.{share}"],
            }
        )
    return pd.DataFrame(rows)


def matrix_chart(table: pd.DataFrame, raster: Raster, picked: str | None = None) -> Spec:
    """Draw the table; clicking a cell selects its `outcome`."""
    return filled(_matrix(raster), cells=table.assign(picked=table["outcome"] == picked))


def _labels(raster: Raster) -> tuple[str, str]:
    return raster.positive, raster.negative


def _calls(raster: Raster) -> tuple[str, str]:
    return raster.predicted(True), raster.predicted(False)


@cache
def _matrix(raster: Raster) -> Spec:
    cell = alt.selection_point(name=SELECTION, fields=["outcome"], empty=False)
    quiet: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "labelFontSize": 13,
        "labelLimit": 140,
        "titleFontSize": 13,
    }
    gap, labels = alt.Scale(paddingInner=0.03, paddingOuter=0.01), list(_labels(raster))
    base = alt.Chart(source("cells")).encode(
        x=alt.X(
            "call:N",
            sort=list(_calls(raster)),
            scale=gap,
            title="Prediction",
            axis=alt.Axis(orient="top", labelAngle=0, **quiet),
        ),
        y=alt.Y("label:N", sort=labels, scale=gap, title="Label", axis=alt.Axis(**quiet)),
    )
    square = (
        base.mark_rect(cornerRadius=8, cursor="pointer", strokeWidth=2.5)
        .encode(
            color=alt.Color("what:N", scale=outcome_scale(raster), legend=None),
            fillOpacity=alt.condition("datum.picked", alt.value(0.5), alt.value(0.26)),
            stroke=alt.condition(
                "datum.picked",
                alt.Stroke("what:N", scale=outcome_scale(raster), legend=None),
                alt.value("transparent"),
            ),
            tooltip=[
                alt.Tooltip("named:N", title="outcome"),
                alt.Tooltip("said:N", title="patches"),
                alt.Tooltip("of:N", title="share"),
            ],
        )
        .add_params(cell)
    )
    # Tints on white with dark ink read the same on a light and on a dark page.
    paper = base.mark_rect(cornerRadius=8, fill="#FFFFFF")
    words = base.mark_text(dy=-30, fontSize=13, color=INK).encode(text="named:N")
    count = base.mark_text(fontSize=26, fontWeight="bold", color=INK).encode(text="said:N")
    share = base.mark_text(dy=28, fontSize=13, color=INK).encode(text="of:N")
    count, share = count.properties(name="count"), share.properties(name="share")
    return template(paper + square + words + count + share, height=270, moving=True)
