"""A threshold in use: a thousand patches, predictive values, selective prediction."""

from collections.abc import Mapping
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.moves import Line, Predictive, Thousand, of_thousand
from dashboard.charts.template import (
    Spec,
    filled,
    outcome_fills,
    outcome_scale,
    outcome_shapes,
    room_for_points,
    source,
    template,
)
from dashboard.charts.theme import ACCENT, COLOURS, MARKED, OUTCOMES
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster

PATCHES = 1000
_WIDE = 50
ACROSS = (0.001, 0.999, 81)
"""Prevalences of the lines: the first, the last, how many."""
_DOT = 130


def of_a_thousand(sensitivity: float, specificity: float, prevalence: float) -> dict[str, int]:
    """How many of 1,000 patches would be tp, fn, fp and tn; they add up to 1,000."""
    idc = round(PATCHES * prevalence)
    found = round(idc * sensitivity) if idc else 0
    left = round((PATCHES - idc) * specificity) if idc < PATCHES else 0
    return {"tp": found, "fn": idc - found, "fp": PATCHES - idc - left, "tn": left}


def thousand_chart(counts: Mapping[str, int], raster: Raster) -> Spec:
    """One mark per patch, in the colour and shape of its outcome."""
    outcomes = np.repeat(OUTCOMES, [counts[outcome] for outcome in OUTCOMES])
    at, words = np.arange(len(outcomes)), words_of(raster)
    patches = pd.DataFrame(
        {"col": at % _WIDE, "row": at // _WIDE, "what": [words[each] for each in outcomes]}
    )
    return filled(_thousand(raster), patches=patches)


def predictive_chart(table: pd.DataFrame, now: pd.DataFrame, raster: Raster) -> Spec:
    """PPV and NPV against prevalence; `prevalence, value, kind`."""
    return filled(_predictive(raster), lines=table, now=now)


def thousand_moves(prevalence: float) -> Thousand:
    """How the patches follow the threshold, at a prevalence."""
    return of_thousand(prevalence, _WIDE, PATCHES // _WIDE)


def predictive_moves(prevalence: float) -> Predictive:
    """How the lines and their dots follow the threshold."""
    lines = Line(COLOURS["tp"]), Line(COLOURS["tn"])
    return Predictive(prevalence, *ACROSS, _DOT, lines)


def predictive_table(
    prevalence: np.ndarray, ppv: np.ndarray, npv: np.ndarray, raster: Raster
) -> pd.DataFrame:
    """Both as one long table, also where they are not defined."""
    values = [ppv, npv]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "prevalence": np.atleast_1d(prevalence),
                    "kind": kind,
                    "value": np.atleast_1d(value),
                }
            )
            for kind, value in zip(_kinds(raster), values, strict=True)
        ],
        ignore_index=True,
    )


def coverage_chart(curve: pd.DataFrame, now: pd.DataFrame) -> Spec:
    """Error rate against share of patches answered; `coverage, error`."""
    return filled(_coverage(), line=curve, now=now)


def _kinds(raster: Raster) -> list[str]:
    return [f"PPV ({raster.predicted(True)})", f"NPV ({raster.predicted(False)})"]


@cache
def _thousand(raster: Raster) -> Spec:
    rows = PATCHES // _WIDE
    # As large as a cell allows, on a telephone too.
    size = alt.expr(f"pow(0.86 * min(width / {_WIDE}, height / {rows}) - 1.2, 2)")
    marks = (
        alt.Chart(source("patches"))
        .mark_point(filled=False, size=size, strokeWidth=1.2, opacity=1)
        .encode(
            x=alt.X("col:Q", axis=None, scale=alt.Scale(domain=[-0.5, _WIDE - 0.5], nice=False)),
            y=alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[rows - 0.5, -0.5], nice=False)),
            stroke=alt.Stroke("what:N", scale=outcome_scale(raster), title=None),
            fill=alt.Fill("what:N", scale=outcome_fills(raster), title=None),
            shape=alt.Shape("what:N", scale=outcome_shapes(raster), title=None),
            tooltip=alt.Tooltip("what:N", title="outcome"),
        )
        .properties(name="patches")
    )
    return template(marks, height=190, moving=True)


@cache
def _predictive(raster: Raster) -> Spec:
    kinds, unit = _kinds(raster), alt.Scale(domain=[0, 1])
    x = alt.X(
        "prevalence:Q",
        title=f"prevalence: share of {raster.positive} among the patches",
        scale=unit,
        axis=alt.Axis(format="%"),
    )
    y = alt.Y("value:Q", title="predictive value", scale=unit)
    kind = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[COLOURS["tp"], COLOURS["tn"]]),
        legend=alt.Legend(symbolType="stroke"),
    )
    said = [
        alt.Tooltip("kind:N"),
        alt.Tooltip("prevalence:Q", format=".1%"),
        alt.Tooltip("value:Q", format=".3f"),
    ]
    lines = alt.Chart(source("lines")).encode(
        x=x,
        y=y,
        color=kind,
        tooltip=said,
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [6, 3]])),
    )
    now = alt.Chart(source("now")).mark_point(filled=True, size=_DOT, opacity=1)
    return template(
        lines.mark_line(strokeWidth=2.2).properties(name="lines")
        + room_for_points(_DOT, x, y)
        + now.encode(x=x, y=y, color=kind, tooltip=said).properties(name="now"),
        height=230,
        moving=True,
    )


@cache
def _coverage() -> Spec:
    x = alt.X(
        "coverage:Q",
        title="coverage (share of patches answered)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%"),
    )
    y = alt.Y("error:Q", title="error rate of answered patches", axis=alt.Axis(format="%"))
    said = [alt.Tooltip("coverage:Q", format=".1%"), alt.Tooltip("error:Q", format=".2%")]
    line = alt.Chart(source("line")).mark_line(color=ACCENT, strokeWidth=2.2)
    now = alt.Chart(source("now")).mark_point(filled=True, size=150, color=MARKED, opacity=1)
    return template(
        line.encode(x=x, y=y, tooltip=said) + now.encode(x=x, y=y, tooltip=said), height=250
    )
