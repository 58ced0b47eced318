"""Lesion sensitivity against false positives per slide (FROC)."""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.template import Spec, filled, in_digits, source, template, tip
from dashboard.charts.theme import ACCENT, QUIET
from idc_core.metrics.froc import RATES, Froc

LEAST, MOST = 0.1, 32.0
"""Ends of the logarithmic axis of false positives per slide."""


def curve(found: Froc) -> pd.DataFrame:
    """The points of the curve: the highest sensitivity within each rate of false positives."""
    order = np.argsort(found.per_slide, kind="stable")
    table = pd.DataFrame(
        {
            "alarms": found.per_slide[order],
            "sensitivity": np.maximum.accumulate(found.sensitivity[order]),
            "threshold": found.thresholds[order],
        }
    )
    return table.drop_duplicates(["alarms", "sensitivity"]).assign(
        drawn=lambda rows: rows["alarms"].clip(LEAST, MOST)
    )


def froc_chart(found: Froc, now: tuple[float, float]) -> Spec:
    """The curve with the current threshold: `now` is (false positives per slide, sensitivity)."""
    marks = pd.DataFrame({"drawn": RATES})
    point = pd.DataFrame([{"drawn": min(max(now[0], LEAST), MOST), "sensitivity": now[1]}])
    return filled(_froc(), curve=curve(found), point=point, marks=marks)


@cache
def _froc() -> Spec:
    x = alt.X(
        "drawn:Q",
        title="false-positive areas per slide (log scale)",
        scale=alt.Scale(type="log", domain=[LEAST, MOST]),
        axis=alt.Axis(values=[0.1, *RATES, 16, 32], format="~g"),
    )
    y = alt.Y(
        "sensitivity:Q",
        title="lesion sensitivity (areas found)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%"),
    )
    rules = alt.Chart(source("marks")).mark_rule(color=QUIET, opacity=0.3, strokeDash=[3, 3])
    line = (
        in_digits(alt.Chart(source("curve")), "threshold")
        .mark_line(color=ACCENT, interpolate="step-after")
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("alarms:Q", title="false positives per slide", format=".2f"),
                alt.Tooltip("sensitivity:Q", title="lesion sensitivity", format=".0%"),
                tip("threshold"),
            ],
        )
    )
    mark = alt.Chart(source("point")).mark_point(
        size=150, filled=True, color="#D55E00", shape="diamond"
    )
    return template(rules.encode(x=x) + line + mark.encode(x=x, y=y), height=300)
