"""Scores and rates against the strength of a perturbation."""

from functools import cache

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.template import Spec, filled, in_digits, source, template, tip
from dashboard.charts.theme import ACCENT, MARKED, QUIET
from idc_core.metrics.catalogue import METRICS
from idc_core.records.raster import Raster
from idc_core.score.perturbations import Kind

_FIGURES = ("sensitivity", "specificity", "roc_auc")
RATES = {name: METRICS[name].in_a_sentence for name in _FIGURES}


def score_table(
    kind: Kind, scores: npt.NDArray[np.float64], threshold: float, raster: Raster
) -> pd.DataFrame:
    """One row per strength: strength, score, prediction."""
    return pd.DataFrame(
        {
            "strength": kind.values,
            "score": scores,
            "prediction": np.where(scores >= threshold, *_predictions(raster)),
        }
    )


def score_curve(table: pd.DataFrame, threshold: float, chosen: float, raster: Raster) -> Spec:
    """One patch's score against the strength; threshold and chosen strength are marked."""
    marks = pd.DataFrame([{"threshold": threshold, "chosen": chosen}])
    return filled(_score_curve(raster), walk=table, marks=marks)


def _predictions(raster: Raster) -> list[str]:
    return [raster.predicted(True), raster.predicted(False)]


@cache
def _score_curve(raster: Raster) -> Spec:
    predictions = _predictions(raster)
    x = alt.X("strength:Q", title="strength", scale=alt.Scale(zero=False))
    y = alt.Y("score:Q", title="score", scale=alt.Scale(domain=[0, 1]))
    base = in_digits(alt.Chart(source("walk")), "score")
    line = base.mark_line(color=ACCENT).encode(x=x, y=y)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color(
            "prediction:N",
            legend=None,
            scale=alt.Scale(domain=predictions, range=[ACCENT, QUIET]),
        ),
        shape=alt.Shape(
            "prediction:N",
            legend=None,
            scale=alt.Scale(domain=predictions, range=["circle", "square"]),
        ),
        tooltip=["strength:Q", tip("score"), "prediction:N"],
    )
    marks = alt.Chart(source("marks"))
    bar = marks.mark_rule(strokeDash=[5, 3], color=MARKED).encode(y="threshold:Q")
    here = marks.mark_rule(color=QUIET).encode(x="chosen:Q")
    return template(alt.layer(here, bar, line, points), height=230)


def rate_curves(table: pd.DataFrame) -> Spec:
    """Sensitivity, specificity and ROC-AUC of the validation sample against the strength."""
    long = table.rename(columns=RATES).melt(
        "strength", list(RATES.values()), var_name="figure", value_name="value"
    )
    return filled(_rate_curves(), rates=long)


@cache
def _rate_curves() -> Spec:
    names = list(RATES.values())
    lines = (
        alt.Chart(source("rates"))
        .mark_line(point=True)
        .encode(
            x=alt.X("strength:Q", title="strength", scale=alt.Scale(zero=False)),
            y=alt.Y("value:Q", title="", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "figure:N",
                scale=alt.Scale(domain=names, range=[ACCENT, "#CC79A7", QUIET]),
            ),
            strokeDash=alt.StrokeDash(
                "figure:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3], [2, 2]])
            ),
            tooltip=["figure:N", "strength:Q", alt.Tooltip("value:Q", format=".3f")],
        )
    )
    return template(lines, height=230)
