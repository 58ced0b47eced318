"""Predicted against labelled burden, and their difference against their mean."""

from functools import cache

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, limits, source, template
from dashboard.charts.theme import ACCENT, QUIET
from idc_core.evaluate.burden import Burdens
from idc_core.metrics.agreement import BlandAltman

SELECTION = "patient"
_HEIGHT = 330


def table_of(found: Burdens) -> pd.DataFrame:
    """One row per patient, shares in per cent."""
    return pd.DataFrame(
        {
            "patient": found.patients,
            "patches": found.patches,
            "labelled": (100 * found.labelled).round(2),
            "called": (100 * found.called).round(2),
            "mean_score": (100 * found.expected).round(2),
            "difference": (100 * (found.called - found.labelled)).round(2),
            "mean": (50 * (found.called + found.labelled)).round(2),
        }
    )


def scatter(table: pd.DataFrame) -> Spec:
    """Predicted over labelled burden; on the line they are equal. A click selects the patient."""
    line = pd.DataFrame({"labelled": [0, 100], "called": [0, 100]})
    return filled(_scatter(), patients=table, line=line)


def differences(table: pd.DataFrame, limits: BlandAltman) -> Spec:
    """Bland–Altman: predicted minus labelled, with bias, limits and their intervals."""
    named = (("bias", limits.bias), ("lower limit", limits.lower), ("upper limit", limits.upper))
    rows = [
        {
            "name": f"{name} {100 * found.value:+.1f}".replace("-", "−"),
            "at": 100 * found.value,
            "low": 100 * found.low,
            "high": 100 * found.high,
        }
        for name, found in named
        if found.value == found.value
    ]
    lines = pd.DataFrame(rows, columns=["name", "at", "low", "high"])
    return filled(_differences(), patients=table, lines=lines)


def _points(x: alt.X, y: alt.Y) -> alt.Chart:
    chosen = alt.selection_point(name=SELECTION, fields=["patient"], empty=False)
    points: alt.Chart = (
        alt.Chart(source("patients"))
        .mark_circle(size=90, color=ACCENT, opacity=0.75, cursor="pointer")
        .encode(
            x=x,
            y=y,
            tooltip=[
                "patient:N",
                alt.Tooltip("patches:Q", format=","),
                alt.Tooltip("labelled:Q", title="labelled %", format=".1f"),
                alt.Tooltip("called:Q", title="predicted %", format=".1f"),
                alt.Tooltip("difference:Q", title="difference, percentage points", format="+.1f"),
            ],
        )
        .add_params(chosen)
    )
    return points


@cache
def _scatter() -> Spec:
    share = alt.Scale(domain=[0, 100])
    x = alt.X("labelled:Q", title="labelled burden, % of patches", scale=share)
    y = alt.Y("called:Q", title="predicted burden, % of patches", scale=share)
    line = alt.Chart(source("line")).mark_line(color=QUIET, strokeDash=[5, 4]).encode(x=x, y=y)
    return template(line + _points(x, y), height=_HEIGHT)


@cache
def _differences() -> Spec:
    x = alt.X("mean:Q", title="mean of both, % of patches", scale=alt.Scale(domain=[0, 100]))
    y = alt.Y(
        "difference:Q", title="predicted − labelled, percentage points", scale=alt.Scale(zero=True)
    )
    lines = alt.Chart(source("lines"))
    tooltip = [alt.Tooltip("name:N", title="line, percentage points"), *limits("+.1f")]
    bands = lines.mark_rect(color=QUIET, opacity=0.18).encode(
        y="low:Q", y2="high:Q", tooltip=tooltip
    )
    rules = lines.mark_rule(color=QUIET, strokeWidth=1.5).encode(y="at:Q", tooltip=tooltip)
    words = lines.mark_text(align="right", dy=-7, fontSize=12, color=QUIET).encode(
        x=alt.value(alt.expr("width - 4")), y="at:Q", text="name:N"
    )
    return template(bands + rules + words + _points(x, y), height=_HEIGHT)
