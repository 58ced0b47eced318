"""Image properties of patients by split, and how far the splits differ."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from dashboard.charts import farthest
from dashboard.charts.template import limits
from dashboard.charts.theme import QUIET, SPLIT_COLOURS, Drawn, finished
from idc_core.data.drift import CLEAR

_SHAPES = {"train": "circle", "validation": "triangle-up", "test": "diamond"}


def by_split(per_patient: pd.DataFrame, words: Mapping[str, str]) -> alt.HConcatChart:
    """One panel per property, with a row of dots and a line at the mean for each split.

    Of many patients those with `unusual` images have a dot; the means are of all.
    """
    splits = [name for name in _SHAPES if name in set(per_patient["split"])]
    means = per_patient.groupby("split", as_index=False, observed=True)[list(words)].mean()
    dots = unusual(per_patient, list(words))
    panels = [
        _panel(dots, means, column, title, splits, first=not at)
        for at, (column, title) in enumerate(words.items())
    ]
    return _configured(alt.hconcat(*panels, spacing=16))


def unusual(per_patient: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The patients farthest from the mean of all in some property, in standard deviations."""
    values = per_patient[columns]
    apart = ((values - values.mean()) / values.std()).abs().max(axis=1).fillna(0)
    return farthest.farthest(per_patient.assign(apart=apart), "apart").drop(columns="apart")


def _panel(
    table: pd.DataFrame,
    means: pd.DataFrame,
    column: str,
    title: str,
    splits: list[str],
    *,
    first: bool,
) -> Drawn:
    scale = alt.Scale(domain=splits, range=[SPLIT_COLOURS[name] for name in splits])
    # The splits are named once, at the left edge.
    axis = alt.Axis(labels=first, ticks=False, domain=False)
    y = alt.Y("split:N", sort=splits, title=None, axis=axis)
    colour = alt.Color("split:N", scale=scale, legend=None)
    base = alt.Chart(table).encode(y=y, color=colour)
    x = alt.X(f"{column}:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4))
    shapes = alt.Scale(domain=splits, range=[_SHAPES[name] for name in splits])
    dots = base.mark_point(filled=True, size=34, opacity=0.55).encode(
        x=x,
        yOffset=alt.YOffset("jitter:Q"),
        shape=alt.Shape("split:N", scale=shapes, legend=None),
        tooltip=["patient", "split", alt.Tooltip(f"{column}:Q", format=".3f")],
        description=alt.Description("said:N"),
    )
    mean = alt.Chart(means).mark_tick(thickness=2.5, size=44).encode(y=y, color=colour, x=x)
    jittered = dots.transform_calculate(
        jitter="random()",
        # For screen readers, which would otherwise read the jitter too.
        said=f"datum.patient + ', ' + datum.split + ': ' + format(datum['{column}'], '.3f')",
    )
    return alt.layer(jittered, mean).properties(width=152, height=190)


def apart(table: pd.DataFrame) -> Drawn:
    """One dot with an interval per property and split; 0 is the training split."""
    splits = [name for name in _SHAPES if name in set(table["split"])]
    scale = alt.Scale(domain=splits, range=[SPLIT_COLOURS[name] for name in splits])
    base = alt.Chart(table).encode(
        y=alt.Y(
            "measure:N",
            sort=list(dict.fromkeys(table["measure"])),
            title=None,
            axis=alt.Axis(labelLimit=240),
        ),
        yOffset=alt.YOffset("split:N", sort=splits),
        color=alt.Color("split:N", scale=scale),
    )
    x = alt.X("low:Q", title="difference from training patients (standard deviations)")
    tip = [
        "measure",
        "split",
        "patients",
        alt.Tooltip("apart:Q", format="+.2f"),
        *limits("+.2f"),
        alt.Tooltip("Kolmogorov-Smirnov:Q", format=".2f"),
    ]
    bars = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", tooltip=tip)
    shapes = alt.Scale(domain=splits, range=[_SHAPES[name] for name in splits])
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="apart:Q", shape=alt.Shape("split:N", scale=shapes), tooltip=tip
    )
    lines = pd.DataFrame({"at": [-CLEAR, CLEAR]})
    edges = alt.Chart(lines).mark_rule(strokeDash=[5, 4], color=QUIET).encode(x="at:Q")
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=QUIET).encode(x="at:Q")
    return finished(edges + zero + bars + dots, height=230)


def _configured(chart: alt.HConcatChart) -> alt.HConcatChart:
    drawn: alt.HConcatChart = chart.configure_view(strokeOpacity=0).configure_axis(
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        gridOpacity=0.35,
        domainOpacity=0.5,
        tickOpacity=0.5,
    )
    return drawn
