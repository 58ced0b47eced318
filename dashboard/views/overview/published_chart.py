"""Published results on this data set beside ours, each with the way it was split."""

import altair as alt
import pandas as pd

from dashboard.charts.template import limits
from dashboard.charts.theme import ACCENT, QUIET, finished
from idc_core.metrics.catalogue import METRICS

# From the works' own tables, as gathered in the project's notes; each on a split of its own.
PUBLISHED = pd.DataFrame(
    [
        ("Cruz-Roa 2014", "patient", None, 0.842, 0.718, None),
        ("Janowczyk & Madabhushi 2016", "patient", None, 0.847, 0.765, None),
        ("PyImageSearch CancerNet", "random patches", 0.849, 0.849, 0.761, None),
        ("This project's starting point", "random patches", 0.860, 0.819, 0.747, None),
        ("femiogundare ensemble", "patient", 0.874, 0.860, 0.790, 0.940),
        ("PhotonVish (ImageNet-pretrained)", "patient", 0.888, 0.869, 0.807, 0.946),
    ],
    columns=["work", "split", "accuracy", "balanced_accuracy", "f1", "roc_auc"],
)
SHOWN = {name: METRICS[name].title for name in ("balanced_accuracy", "f1", "roc_auc")}


def published_table(metric: str, ours: dict[str, float], name: str) -> pd.DataFrame:
    """Works that state `metric`, and this run: `work, split, value, low, high`."""
    rows = PUBLISHED[["work", "split", metric]].rename(columns={metric: "value"}).dropna()
    own = {"work": f"this run ({name})", "split": "this run", **ours}
    return pd.concat([rows, pd.DataFrame([own])], ignore_index=True)


def published_chart(table: pd.DataFrame, metric: str) -> alt.LayerChart:
    """One axis, a row a work; our interval on it."""
    kinds = ["patient", "random patches", "this run"]
    base = alt.Chart(table).encode(
        y=alt.Y(
            "work:N",
            sort=alt.SortField("value"),
            title=None,
            axis=alt.Axis(labelLimit=260, labelFlush=False),
        ),
        x=alt.X(
            "value:Q",
            title=SHOWN[metric],
            scale=alt.Scale(zero=False, padding=12),
            axis=alt.Axis(tickCount=6, format=".2f", labelFlush=False),
        ),
        color=alt.Color(
            "split:N", title=None, scale=alt.Scale(domain=kinds, range=[QUIET, "#C3A05A", ACCENT])
        ),
        shape=alt.Shape(
            "split:N",
            title=None,
            scale=alt.Scale(domain=kinds, range=["circle", "cross", "diamond"]),
        ),
        tooltip=["work", "split", alt.Tooltip("value:Q", format=".3f")],
    )
    span = (
        alt.Chart(table.dropna(subset=["low"]))
        .mark_rule(strokeWidth=3, color=ACCENT, opacity=0.5)
        .encode(
            y=alt.Y("work:N", sort=alt.SortField("value")),
            x="low:Q",
            x2="high:Q",
            tooltip=["work", alt.Tooltip("value:Q", format=".3f"), *limits(".3f")],
        )
    )
    return finished(
        span + base.mark_point(filled=True, size=110, opacity=1), height=30 * len(table) + 130
    )  # type: ignore[return-value]
