"""Subgroups as dots with intervals, grouped by attribute; two attributes combined as a grid."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.template import Spec, filled, source, template
from dashboard.charts.theme import (
    ACCENT,
    INK,
    MARKED,
    QUIET,
    SCORE_SCALE,
    many,
    rate,
)
from idc_core.evaluate.slices.attributes import Attribute
from idc_core.evaluate.slices.table import Slice
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.uncertainty import Interval

SELECTION = "slice"
STATES = {
    "judged": ("compared", ACCENT),
    "weakest": ("weakest", MARKED),
    "small": ("too few to compare", QUIET),
    "split": ("whole split", "#6B4C9A"),
}
_ROW, _AROUND = 23, 100
"""Px of a row, and of legend and axis together: both are part of a chart's height."""
_TWO_LINES = "split(replace(replace(datum.label, ' quarter', ''), ')', ''), ' (')"
_VALUE = "slice(datum.value, lastindexof(datum.value, '|') + 1)"
"""What stands behind the last bar: the name of a class, and with it a title, may have one too."""


def slices_table(
    slices: Sequence[Slice],
    splits: Sequence[Slice] = (),
    weakest: str | None = None,
    picked: str | None = None,
) -> pd.DataFrame:
    """One row per subgroup, a heading row before each attribute; `at` orders them from the top."""
    rows: list[dict[str, object]] = []
    title = None
    for each in (*slices, *splits):
        if each.title != title:
            title = each.title
            rows.append({"row": f"{title}|", "state": "judged", "said": "", "picked": False})
        state = "split" if each in splits else "weakest" if each.key == weakest else "judged"
        rows.append(_row(each, "small" if each.small else state, each.key == picked))
    columns = [
        "row",
        "state",
        "said",
        "picked",
        "key",
        "value",
        "low",
        "high",
        "figure",
        "apart",
        "slice",
    ]
    return pd.DataFrame(rows, columns=columns).assign(at=range(len(rows)))


def as_text(found: Interval) -> str:
    """A figure with its interval; an en dash where it is not defined.

    >>> as_text(Interval(0.834, 0.78, 0.881))
    '0.83 [0.78–0.88]'
    """
    if not np.isfinite(found.value):
        return "– not defined"
    return interval(found.value, found.low, found.high, rate)


def apart(found: Interval) -> str:
    """A difference with its interval, signs written out.

    >>> apart(Interval(-0.12, -0.17, 0.002))
    '−0.12 [−0.17 to +0.00]'
    """
    if not np.isfinite(found.value):
        return "– not defined"
    return interval(found.value, found.low, found.high, decimals(2, "+", minus="−"), TO)


def size(each: Slice) -> str:
    """How many patches and patients a subgroup holds."""
    patients = "patient" if each.patients == 1 else "patients"
    return f"{many(each.patches)} patches, {many(each.patients)} {patients}"


def _row(each: Slice, state: str, picked: bool) -> dict[str, object]:
    found = each.figure
    return {
        "row": f"{each.title}|{each.label}",
        "state": STATES[state][0],
        "said": f"{many(each.patches)} · {many(each.patients)}"
        + " · not defined" * (not np.isfinite(found.value))
        + " · too few patients for an interval"
        * bool(np.isfinite(found.value) and not np.isfinite(found.low)),
        "picked": picked,
        "key": each.key,
        "slice": f"{each.title}: {each.label}",
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "figure": as_text(found),
        "apart": apart(each.difference),
    }


def slices_chart(table: pd.DataFrame, overall: Slice) -> Spec:
    """Draw a `slices_table`; the rule is the split as a whole; a click selects a `key`."""
    whole = pd.DataFrame(
        [{"value": overall.figure.value, "said": f"all {rate(overall.figure.value)}"}]
    )
    known = table[np.isfinite(table["value"].astype(float))]
    spec = _slices(METRICS[overall.metric].title, len(table))
    return filled(spec, slices=table, rows=table[table["key"].notna()], known=known, whole=whole)


@cache
def _slices(metric: str, rows: int) -> Spec:
    chosen = alt.selection_point(name=SELECTION, fields=["key"], empty=False)
    colour = alt.Color(
        "state:N",
        title=None,
        scale=alt.Scale(
            domain=[word for word, _ in STATES.values()],
            range=[colour for _, colour in STATES.values()],
        ),
    )
    bold = alt.condition(f"{_VALUE} ? false : true", alt.value("bold"), alt.value("normal"))
    y = alt.Y(
        "row:N",
        sort=alt.SortField("at"),
        title=None,
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.1),
        axis=alt.Axis(
            labelExpr=f"{_VALUE} || slice(datum.value, 0, -1)",
            labelFontWeight=bold,
            labelLimit=260,
            labelOverlap=False,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )
    x = alt.X("value:Q", scale=alt.Scale(domain=[0, 1], nice=False), title=metric)
    tooltip = [
        alt.Tooltip("slice:N", title="subgroup"),
        alt.Tooltip("figure:N", title=metric),
        alt.Tooltip("apart:N", title="difference from the rest"),
        alt.Tooltip("said:N", title="patches · patients"),
    ]
    every = alt.Chart(source("slices")).encode(y=y)
    known = alt.Chart(source("known")).encode(y=y)
    whole = alt.Chart(source("whole")).encode(x=x)
    # A transparent bar as wide as the chart: a row is easier to hit than a dot.
    target = (
        alt.Chart(source("rows"))
        .mark_rect(cursor="pointer")
        .encode(
            y=y,
            x=alt.value(0),
            x2=alt.value("width"),
            tooltip=tooltip,
            color=alt.value(ACCENT),
            opacity=alt.condition("datum.picked", alt.value(0.13), alt.value(0)),
        )
        .add_params(chosen)
    )
    reach = known.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=metric), x2="high:Q", color=colour, tooltip=tooltip
    )
    dot = known.mark_point(filled=True, size=75, opacity=1).encode(
        x=x,
        color=colour,
        shape=alt.Shape(
            "state:N",
            title=None,
            scale=alt.Scale(
                domain=[word for word, _ in STATES.values()],
                range=["circle", "diamond", "triangle-right", "square"],
            ),
        ),
    )
    rule = whole.mark_rule(color=QUIET, strokeDash=[4, 3], strokeWidth=1.5)
    flag = whole.mark_text(color=QUIET, align="left", baseline="top", dx=4).encode(
        text="said:N", y=alt.value(2)
    )
    count = every.mark_text(align="left", dx=8, color=QUIET, fontSize=11).encode(
        x=alt.value("width"), text="said:N"
    )
    return template(rule + flag + target + reach + dot + count, height=rows * _ROW + _AROUND)


def grid_table(slices: Sequence[Slice], a: Attribute, b: Attribute) -> pd.DataFrame:
    """One row per cell, `slices` of both attributes combined; empty cells too."""
    found = {each.value: each for each in slices}
    rows = []
    for one, value_a in enumerate(a.values):
        for other, value_b in enumerate(b.values):
            each = found.get(f"{value_a}, {value_b}")
            rows.append({"a": a.label(one), "b": b.label(other), **_cell(each)})
    return pd.DataFrame(rows)


def _cell(each: Slice | None) -> dict[str, object]:
    if each is None:
        return {
            "value": np.nan,
            "said": "–",
            "n": "no patch",
            "state": "small",
            "figure": "–",
            "patches": 0,
            "patients": 0,
            "low": np.nan,
            "high": np.nan,
            "ink": QUIET,
        }
    value = each.figure.value
    judged = not each.small and np.isfinite(value)
    return {
        "value": value,
        "low": each.figure.low,
        "high": each.figure.high,
        "said": rate(value),
        "n": f"{many(each.patches)} · {many(each.patients)}",
        "state": "judged" if judged else "small",
        "figure": as_text(each.figure),
        "patches": each.patches,
        "patients": each.patients,
        "ink": (INK if value < 0.55 else "#FFFFFF") if judged else QUIET,
    }


def grid_chart(table: pd.DataFrame, a: Attribute, b: Attribute, metric: str) -> Spec:
    """Draw a `grid_table`: the figure and n in each cell; too small cells without colour."""
    labels = tuple(map(a.label, range(len(a.values)))), tuple(map(b.label, range(len(b.values))))
    return filled(
        _grid(a.title, b.title, *labels, METRICS[metric].title),
        cells=table,
        judged=table[table["state"] == "judged"],
    )


@cache
def _grid(a: str, b: str, rows: tuple[str, ...], columns: tuple[str, ...], metric: str) -> Spec:
    quiet: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "labelLimit": 150,
        "labelOverlap": False,
    }
    gap = alt.Scale(paddingInner=0.04, paddingOuter=0.02)
    encoded: dict[str, Any] = {
        "x": alt.X(
            "b:N",
            sort=list(columns),
            scale=gap,
            title=b,
            axis=alt.Axis(labelAngle=0, orient="top", labelExpr=_TWO_LINES, **quiet),
        ),
        "y": alt.Y(
            "a:N",
            sort=list(rows),
            scale=gap,
            title=a,
            axis=alt.Axis(labelExpr=_TWO_LINES, **quiet),
        ),
        "tooltip": [
            alt.Tooltip("a:N", title=a),
            alt.Tooltip("b:N", title=b),
            alt.Tooltip("figure:N", title=metric),
            alt.Tooltip("n:N", title="patches · patients"),
        ],
    }
    every = alt.Chart(source("cells")).encode(**encoded)
    judged = alt.Chart(source("judged")).encode(**encoded)
    outline = every.mark_rect(
        cornerRadius=6,
        fillOpacity=0.06,
        fill=QUIET,
        stroke=QUIET,
        strokeDash=[3, 3],
        strokeOpacity=0.5,
    )
    square = judged.mark_rect(cornerRadius=6).encode(
        color=alt.Color(
            "value:Q",
            legend=None,
            scale=alt.Scale(domain=[0, 1], range=list(SCORE_SCALE), interpolate="rgb"),
        )
    )
    ink = alt.Color("ink:N", scale=None)
    figure = every.mark_text(dy=-7, fontSize=14, fontWeight="bold").encode(text="said:N", color=ink)
    count = every.mark_text(dy=10, fontSize=11).encode(text="n:N", color=ink)
    layered = alt.layer(outline, square, figure, count).resolve_scale(color="independent")
    return template(layered, height=46 * len(rows) + 40)
