"""One dot with an interval per fold."""

import altair as alt
import pandas as pd

from dashboard.charts.template import limits
from dashboard.charts.theme import ACCENT, QUIET, Drawn, finished


def dots(table: pd.DataFrame) -> Drawn:
    """`table` has fold, ROC-AUC, low, high, patients, patches."""
    y = alt.Y("fold:N", title="fold", sort=None)
    scale = alt.Scale(zero=False, nice=True)
    base = alt.Chart(table).encode(y=y)
    tip = [
        "fold",
        alt.Tooltip("ROC-AUC:Q", format=".3f"),
        *limits(".3f"),
        "patients",
        "patches",
    ]
    bars = base.mark_rule(color=ACCENT, strokeWidth=2).encode(
        x=alt.X("low:Q", title="ROC-AUC on held-out patients", scale=scale),
        x2="high:Q",
        tooltip=tip,
    )
    points = base.mark_point(filled=True, size=110, color=ACCENT, opacity=1).encode(
        x=alt.X("ROC-AUC:Q", scale=scale), tooltip=tip
    )
    mean = alt.Chart(table).mark_rule(strokeDash=[5, 4], color=QUIET).encode(x="mean(ROC-AUC):Q")
    return finished(mean + bars + points, height=60 + 34 * len(table))
