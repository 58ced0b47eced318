"""One logged metric by epoch, for the report.

The Training page draws its curves with Plotly, which cannot make an SVG without a browser. The
encoding is the same: validation solid, training dotted, the saved epoch as a dashed line.
"""

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, source, template
from dashboard.charts.theme import ACCENT, QUIET
from idc_core.train.history.epochs import best_epoch

SIDES = {"validation": "val_{}", "train": "{}"}


def learning_table(history: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row per logged epoch and split: `epoch, value, side`."""
    return pd.concat(
        [
            pd.DataFrame({"epoch": history["epoch"], "value": history[column], "side": side})
            for side, pattern in SIDES.items()
            if (column := pattern.format(metric)) in history and history[column].notna().any()
        ],
        ignore_index=True,
    )


def best(history: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The best validation epoch: `epoch, value`; no row where that is not known."""
    column = f"val_{metric}"
    epoch = best_epoch(history, column)
    rows = history[history["epoch"] == epoch].head(1) if epoch is not None else history.head(0)
    return pd.DataFrame({"epoch": rows["epoch"], "value": rows.get(column, pd.Series(dtype=float))})


def kept_rule(history: pd.DataFrame, kept: int | None) -> pd.DataFrame:
    """The saved epoch, if the table contains it: `epoch`."""
    within = kept is not None and history["epoch"].min() <= kept <= history["epoch"].max()
    return pd.DataFrame({"epoch": [kept] if within else []})


def learning_chart(history: pd.DataFrame, metric: str, words: str, kept: int | None) -> Spec:
    """The metric on training and validation, its best validation value and the saved epoch."""
    return filled(
        _template(words, dots=len(history) < 3),
        lines=learning_table(history, metric),
        best=best(history, metric),
        kept=kept_rule(history, kept),
    )


def _template(words: str, *, dots: bool) -> Spec:
    x = alt.X(
        "epoch:Q",
        title="epoch",
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(format="d", tickMinStep=1),
    )
    y = alt.Y("value:Q", title=words, scale=alt.Scale(zero=False))
    dash = alt.StrokeDash(
        "side:N", scale=alt.Scale(domain=list(SIDES), range=[[1, 0], [2, 3]]), legend=None
    )
    lines = alt.Chart(source("lines")).mark_line(color=ACCENT, strokeWidth=2.2, point=dots)
    rule = alt.Chart(source("kept")).mark_rule(color=QUIET, strokeWidth=1.5, strokeDash=[6, 4])
    dot = alt.Chart(source("best")).mark_point(filled=True, color=ACCENT, size=110, opacity=1)
    return template(
        rule.encode(x=x) + lines.encode(x=x, y=y, strokeDash=dash) + dot.encode(x=x, y=y),
        height=280,
    )
