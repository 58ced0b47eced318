"""ROC, precision-recall and the score histogram, with the threshold that is being looked at."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.theme import ACCENT, COLOURS, OUTCOMES, QUIET, WORDS, finished
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Curve, Ranked

BINS = 50


def histogram_table(ranked: Ranked, threshold: float) -> pd.DataFrame:
    """Patches a bin and outcome: `low`, `high`, `outcome`, `patches`; bins split at the threshold.

    Patches without IDC are counted downwards, so that the four areas never cover each other.
    """
    edges = np.unique(np.append(np.linspace(0, 1, BINS + 1), threshold))
    high_side = edges[:-1] >= threshold
    found = []
    for scores, outcome, sign in (
        (ranked.positive, np.where(high_side, "tp", "fn"), 1),
        (ranked.negative, np.where(high_side, "fp", "tn"), -1),
    ):
        counts, _ = np.histogram(scores, bins=edges)
        found.append(
            pd.DataFrame(
                {"low": edges[:-1], "high": edges[1:], "outcome": outcome, "patches": counts * sign}
            )
        )
    table = pd.concat(found)
    return table[table["patches"] != 0]


def histogram_chart(table: pd.DataFrame, threshold: float) -> alt.LayerChart:
    """The four areas of the scores, with the threshold as a rule."""
    named = table.assign(what=table["outcome"].map(WORDS), n=table["patches"].abs())
    areas = (
        alt.Chart(named)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X("low:Q", title="score", scale=alt.Scale(domain=[0, 1]), bin="binned"),
            x2="high:Q",
            y=alt.Y(
                "patches:Q",
                title="no IDC  ←  patches  →  IDC",
                scale=alt.Scale(type="symlog", constant=20),
                axis=alt.Axis(tickCount=7, labelExpr="format(abs(datum.value), ',')"),
            ),
            color=_outcome_colour(),
            tooltip=[
                alt.Tooltip("what:N", title="outcome"),
                alt.Tooltip("n:Q", title="patches", format=","),
                alt.Tooltip("low:Q", title="from score", format=".2f"),
                alt.Tooltip("high:Q", title="to", format=".2f"),
            ],
        )
    )
    rule = (
        alt.Chart(pd.DataFrame({"threshold": [threshold]}))
        .mark_rule(color=ACCENT, strokeWidth=2.5)
        .encode(x="threshold:Q", tooltip=alt.Tooltip("threshold:Q", format=".3f"))
    )
    return finished(areas + rule, height=260)  # type: ignore[return-value]


def roc_chart(curve: Curve, now: Confusion, threshold: float) -> alt.LayerChart:
    """Sensitivity against false alarms, with the point of the threshold."""
    line = _points(curve).assign(across=1 - curve.specificity, up=curve.sensitivity)
    chance = pd.DataFrame({"across": [0.0, 1.0], "up": [0.0, 1.0]})
    point = {"across": 1 - now.specificity, "up": now.sensitivity, "threshold": threshold}
    return _curve(line, chance, point, "1 − specificity (false alarms)", "sensitivity (IDC found)")


def pr_chart(curve: Curve, now: Confusion, threshold: float, prevalence: float) -> alt.LayerChart:
    """Precision against sensitivity, with the point of the threshold and the prevalence."""
    line = _points(curve).assign(across=curve.sensitivity, up=curve.precision)
    chance = pd.DataFrame({"across": [0.0, 1.0], "up": [prevalence, prevalence]})
    point = {"across": now.sensitivity, "up": now.precision, "threshold": threshold}
    return _curve(line, chance, point, "sensitivity (IDC found)", "precision (calls that are IDC)")


def _points(curve: Curve) -> pd.DataFrame:
    return pd.DataFrame({"threshold": np.minimum(curve.thresholds, 1.0)})


def _curve(
    line: pd.DataFrame, chance: pd.DataFrame, point: Mapping[str, float], across: str, up: str
) -> alt.LayerChart:
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("across:Q", title=across, scale=unit)
    y = alt.Y("up:Q", title=up, scale=unit)
    tooltip = [
        alt.Tooltip("threshold:Q", format=".3f"),
        alt.Tooltip("across:Q", title=across, format=".3f"),
        alt.Tooltip("up:Q", title=up, format=".3f"),
    ]
    drawn = alt.Chart(line.dropna().round(4)).encode(x=x, y=y, tooltip=tooltip)
    dashed = alt.Chart(chance).mark_line(strokeDash=[4, 4], color=QUIET).encode(x=x, y=y)
    now = (
        alt.Chart(pd.DataFrame([point]))
        .mark_point(filled=True, size=150, color=COLOURS["fn"], opacity=1)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    hover = drawn.mark_point(size=60, opacity=0)
    return finished(  # type: ignore[return-value]
        dashed + drawn.mark_line(color=ACCENT, strokeWidth=2.2) + hover + now, height=280
    )


def _outcome_colour() -> alt.Color:
    domain = [WORDS[outcome] for outcome in OUTCOMES]
    scale = alt.Scale(domain=domain, range=[COLOURS[outcome] for outcome in OUTCOMES])
    return alt.Color("what:N", scale=scale, title=None)
