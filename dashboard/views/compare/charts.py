"""Charts of two models: differences with intervals, the eight cells, both ROC curves.

Cells have the colour of B's outcome.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.curves import share_found
from dashboard.charts.template import (
    Spec,
    filled,
    in_digits,
    limits,
    outcome_scale,
    source,
    template,
    tip,
)
from dashboard.charts.theme import ACCENT, INK, QUIET, RUN_COLOURS
from idc_core.facts import cell_words
from idc_core.facts.cell_words import CELL_WORDS, PLACES, labels_of
from idc_core.facts.outcomes import words_of
from idc_core.metrics.catalogue import METRICS, judged_by
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Curve
from idc_core.metrics.paired import CELLS, Paired
from idc_core.records.raster import Raster

SELECTION = "cell"
COLUMNS = ("both correct", "B fixes", "B breaks", "both wrong")
OUTCOME = {
    "both_found": "tp",
    "fixed_idc": "tp",
    "broken_idc": "fn",
    "both_missed": "fn",
    "both_left_alone": "tn",
    "fixed_no_idc": "tn",
    "broken_no_idc": "fp",
    "both_false_alarm": "fp",
}
"""B's outcome in each cell."""

_NARROW = "width < 400"


def shown() -> list[str]:
    """Metrics for which higher is better, in drawing order."""
    return [each.key for each in judged_by() if each.better == "higher"]


def cell_table(counts: np.ndarray, raster: Raster) -> pd.DataFrame:
    """One row per cell from counts in the order of `CELLS`: position, words, patches and share."""
    words, labels = words_of(raster), labels_of(raster)
    said, rows = cell_words.cells(counts, raster), []
    for name, (row, column) in PLACES.items():
        rows.append(
            {
                "cell": name,
                "label": labels[row],
                "column": COLUMNS[column],
                "what": CELL_WORDS[name],
                "patches": int(counts[CELLS.index(name)]),
                "said": said[f"{name}.count"],
                "of": said[f"{name}.share"],
                "outcome": words[OUTCOME[name]],
                "moved": column in (1, 2),
            }
        )
    return pd.DataFrame(rows)


def cell_chart(table: pd.DataFrame, raster: Raster, picked: str | None = None) -> Spec:
    """Draw `cell_table`; a click selects its `cell`."""
    return filled(_cells(raster), cells=table.assign(picked=table["cell"] == picked))


def difference_table(figures: Mapping[str, Paired]) -> pd.DataFrame:
    """One row per metric, differences in points: `metric, a, b, difference, low, high, says`."""
    rows = []
    for name in shown():
        found = figures.get(name)
        if found is None or not np.isfinite(found.difference.value):
            continue
        delta = found.difference
        apart = delta.low > 0 or delta.high < 0
        rows.append(
            {
                "metric": METRICS[name].title,
                "a": found.a.value,
                "b": found.b.value,
                "difference": 100 * delta.value,
                "low": 100 * delta.low,
                "high": 100 * delta.high,
                "says": "interval excludes 0" if apart else "interval includes 0",
            }
        )
    columns = ["metric", "a", "b", "difference", "low", "high", "says"]
    return pd.DataFrame(rows, columns=columns)


def difference_chart(table: pd.DataFrame) -> Spec:
    """One row per metric around the line of no difference."""
    zero = pd.DataFrame({"zero": [0.0]})
    return filled(_differences(len(table)), figures=table.round(4), zero=zero)


def roc_table(curves: Mapping[str, Curve]) -> pd.DataFrame:
    """Points of the curves, one run after the other: `run, threshold, alarms, found`."""
    tables = [
        pd.DataFrame(
            {
                "run": name,
                "threshold": np.minimum(curve.thresholds, 1.0),
                "alarms": 1 - curve.specificity,
                "found": curve.sensitivity,
            }
        )
        for name, curve in curves.items()
    ]
    return pd.concat(tables, ignore_index=True).dropna().round(4)


def roc_chart(
    table: pd.DataFrame, now: Mapping[str, tuple[Confusion, float]], raster: Raster
) -> Spec:
    """Both curves with the point of each threshold; `now`: counts and threshold by run."""
    at = pd.DataFrame(
        [
            {
                "run": name,
                "threshold": threshold,
                "alarms": 1 - counts.specificity,
                "found": counts.sensitivity,
            }
            for name, (counts, threshold) in now.items()
        ]
    ).dropna()
    chance = pd.DataFrame({"alarms": [0, 1], "found": [0, 1]})
    return filled(_roc(tuple(now), raster), lines=table, now=at, chance=chance)


@cache
def _cells(raster: Raster) -> Spec:
    cell = alt.selection_point(name=SELECTION, fields=["cell"], empty=False)
    quiet: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "labelFontSize": 13,
        "titleFontSize": 13,
    }
    gap, labels = alt.Scale(paddingInner=0.03, paddingOuter=0.01), list(labels_of(raster))
    base = alt.Chart(source("cells")).encode(
        x=alt.X(
            "column:N",
            sort=list(COLUMNS),
            scale=gap,
            title=None,
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelOverlap=False,
                labelFlush=False,
                **quiet | {"labelFontSize": alt.expr(f"{_NARROW} ? 10 : 13")},
            ),
        ),
        y=alt.Y("label:N", sort=labels, scale=gap, title="Label", axis=alt.Axis(**quiet)),
    )
    square = (
        base.mark_rect(cornerRadius=8, cursor="pointer", strokeWidth=2.5)
        .encode(
            color=alt.Color("outcome:N", scale=outcome_scale(raster), legend=None),
            fillOpacity=alt.FillOpacity("strength:Q", scale=None, legend=None),
            stroke=alt.condition(
                "datum.picked",
                alt.Stroke("outcome:N", scale=outcome_scale(raster), legend=None),
                alt.value("transparent"),
            ),
            tooltip=[
                alt.Tooltip("label:N"),
                alt.Tooltip("what:N", title="predictions"),
                alt.Tooltip("said:N", title="patches"),
                alt.Tooltip("of:N", title="share"),
            ],
        )
        .transform_calculate(strength="datum.picked ? 0.55 : datum.moved ? 0.34 : 0.14")
        .add_params(cell)
    )
    # Tints on white with dark ink read the same on a light and on a dark page.
    paper = base.mark_rect(cornerRadius=8, fill="#FFFFFF")
    # On a phone there is only room for the counts; row and column say what they are.
    room: dict[str, Any] = {"fontSize": 12, "color": INK, "opacity": alt.expr(f"{_NARROW} ? 0 : 1")}
    words = base.mark_text(dy=-30, **room).encode(text="what:N")
    big = alt.expr(f"{_NARROW} ? 15 : 24")
    count = base.mark_text(fontSize=big, fontWeight="bold", color=INK).encode(text="said:N")
    share = base.mark_text(dy=28, **room).encode(text="of:N")
    count, share = count.properties(name="count"), share.properties(name="share")
    return template(paper + square + words + count + share, height=250, moving=True)


@cache
def _differences(rows: int) -> Spec:
    wanted = [METRICS[name].title for name in shown()]
    y = alt.Y(
        "metric:N",
        sort=wanted,
        title=None,
        axis=alt.Axis(
            labelLimit=190,
            labelOverlap=False,
            labelFlush=False,
            domain=False,
            ticks=False,
            grid=False,
        ),
    )
    x = alt.X(
        "difference:Q",
        title="← A better    B − A in points    B better →",
        scale=alt.Scale(zero=True, padding=10),
        axis=alt.Axis(tickCount=6),
    )
    tooltip = [
        alt.Tooltip("metric:N", title="metric"),
        alt.Tooltip("a:Q", title="A", format=".3f"),
        alt.Tooltip("b:Q", title="B", format=".3f"),
        alt.Tooltip("difference:Q", title="B − A, points", format="+.1f"),
        *limits("+.1f"),
        alt.Tooltip("says:N", title="95 %"),
    ]
    says = alt.Scale(domain=["interval excludes 0", "interval includes 0"], range=[ACCENT, QUIET])
    colour = alt.Color("says:N", scale=says, title=None)
    base = alt.Chart(source("figures")).encode(y=y, tooltip=tooltip, color=colour)
    span = base.mark_rule(strokeWidth=3, opacity=0.65).encode(x=alt.X("low:Q"), x2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=x,
        shape=alt.Shape(
            "says:N",
            title=None,
            scale=alt.Scale(domain=says.domain, range=["diamond", "circle"]),
        ),
    )
    zero = alt.Chart(source("zero")).mark_rule(strokeDash=[4, 4], color=QUIET).encode(x="zero:Q")
    return template(zero + span + dots, height=24 * rows + 70)


@cache
def _roc(names: tuple[str, ...], raster: Raster) -> Spec:
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("alarms:Q", title="false positive rate (1 − specificity)", scale=unit)
    y = alt.Y("found:Q", title=share_found(raster), scale=unit)
    colour = alt.Color(
        "run:N",
        title=None,
        scale=alt.Scale(domain=list(names), range=list(RUN_COLOURS[:2])),
        legend=alt.Legend(symbolType="stroke", symbolStrokeWidth=3, labelLimit=320),
    )
    tooltip = [
        alt.Tooltip("run:N"),
        tip("threshold"),
        alt.Tooltip("alarms:Q", title="false positive rate", format=".3f"),
        alt.Tooltip("found:Q", title="sensitivity", format=".3f"),
    ]
    chance = alt.Chart(source("chance")).mark_line(strokeDash=[4, 4], color=QUIET)
    lines = in_digits(alt.Chart(source("lines")), "threshold").encode(
        x=x,
        y=y,
        color=colour,
        tooltip=tooltip,
        strokeDash=alt.StrokeDash(
            "run:N",
            title=None,
            legend=colour["legend"],
            scale=alt.Scale(domain=list(names), range=[[1, 0], [7, 3]]),
        ),
    )
    now = alt.Chart(source("now")).mark_point(filled=True, size=150, opacity=1)
    return template(
        chance.encode(x="alarms:Q", y="found:Q")
        + lines.mark_line(strokeWidth=2.2)
        + now.encode(x=x, y=y, color=colour, tooltip=tooltip),
        height=300,
    )
