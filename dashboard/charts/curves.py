"""ROC, precision-recall and the score histogram, with the threshold that is being looked at."""

from collections.abc import Mapping
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts.template import Spec, filled, outcome_scale, source, template
from dashboard.charts.theme import ACCENT, COLOURS, QUIET, WORDS
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Curve, Ranked

BINS = 50
_TICKS = [0, *(sign * 10**power for power in range(1, 7) for sign in (1, -1))]


def histogram_table(ranked: Ranked, threshold: float) -> pd.DataFrame:
    """Patches a bin and outcome: `low`, `high`, `outcome`, `patches`; bins split at the threshold.

    Patches without IDC are counted downwards, so that the four areas never cover each other.
    """
    edges = np.unique(np.append(np.linspace(0, 1, BINS + 1), threshold))
    high_side = edges[:-1] >= threshold
    if threshold == 1:  # a score of exactly 1 is called then: a bin of no width holds it
        edges, high_side = np.append(edges, 1.0), np.append(high_side, True)
    found = []
    for scores, outcome, sign in (
        (ranked.positive, np.where(high_side, "tp", "fn"), 1),
        (ranked.negative, np.where(high_side, "fp", "tn"), -1),
    ):
        # The scores are sorted: a bin is the distance between two places.
        places = np.append(np.searchsorted(scores, edges[:-1]), len(scores))
        found.append(
            pd.DataFrame(
                {
                    "low": edges[:-1], "high": edges[1:], "outcome": outcome,
                    "patches": np.diff(places) * sign,
                }
            )
        )  # fmt: skip
    table = pd.concat(found, ignore_index=True)
    return table[table["patches"] != 0]


def histogram_chart(table: pd.DataFrame, threshold: float) -> Spec:
    """The four areas of the scores, with the threshold as a rule."""
    named = table.assign(what=table["outcome"].map(WORDS), n=table["patches"].abs())
    now = pd.DataFrame({"threshold": [threshold], "said": [f"threshold {threshold:.3f}"]})
    return filled(_histogram(), areas=named, now=now)


def roc_chart(curve: Curve, now: Confusion, threshold: float) -> Spec:
    """Sensitivity against false alarms, with the point of the threshold."""
    line = _line(curve, 1 - curve.specificity, curve.sensitivity)
    chance = pd.DataFrame({"across": [0.0, 1.0], "up": [0.0, 1.0]})
    point = {"across": 1 - now.specificity, "up": now.sensitivity, "threshold": threshold}
    return _with_point(
        _curve("share of no IDC called (1 − specificity)", "share of IDC found (sensitivity)"),
        line,
        chance,
        point,
    )


def pr_chart(curve: Curve, now: Confusion, threshold: float, prevalence: float) -> Spec:
    """Precision against sensitivity, with the point of the threshold and the prevalence."""
    line = _line(curve, curve.sensitivity, curve.precision)
    chance = pd.DataFrame({"across": [0.0, 1.0], "up": [prevalence, prevalence]})
    point = {"across": now.sensitivity, "up": now.precision, "threshold": threshold}
    return _with_point(
        _curve("share of IDC found (sensitivity)", "share of calls that are IDC (precision)"),
        line,
        chance,
        point,
    )


def _line(curve: Curve, across: np.ndarray, up: np.ndarray) -> pd.DataFrame:  # type: ignore[type-arg]
    # The first point calls nothing; its threshold is infinite, which JSON does not know.
    table = pd.DataFrame(
        {"threshold": np.minimum(curve.thresholds, 1.0), "across": across, "up": up}
    )
    return table.dropna().round(4)


def _with_point(
    spec: Spec, line: pd.DataFrame, chance: pd.DataFrame, point: Mapping[str, float]
) -> Spec:
    said = f"threshold {point['threshold']:.3f}"
    now = pd.DataFrame([{**point, "said": said}]).dropna()
    return filled(spec, line=line, chance=chance, now=now)


@cache
def _histogram() -> Spec:
    areas = (
        alt.Chart(source("areas"))
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X("low:Q", title="score", scale=alt.Scale(domain=[0, 1]), bin="binned"),
            x2="high:Q",
            y=alt.Y(
                "patches:Q",
                title="no IDC  ←  patches  →  IDC",
                scale=alt.Scale(type="symlog", constant=20),
                axis=alt.Axis(values=_TICKS, labelExpr="format(abs(datum.value), ',')"),
            ),
            color=alt.Color("what:N", scale=outcome_scale(), title=None),
            tooltip=[
                alt.Tooltip("what:N", title="outcome"),
                alt.Tooltip("n:Q", title="patches", format=","),
                alt.Tooltip("low:Q", title="from score", format=".2f"),
                alt.Tooltip("high:Q", title="to", format=".2f"),
            ],
        )
    )
    now = alt.Chart(source("now")).encode(
        x="threshold:Q", tooltip=alt.Tooltip("threshold:Q", format=".3f")
    )
    rule = now.mark_rule(color=ACCENT, strokeWidth=2.5)
    flag = now.mark_text(align="left", baseline="top", dx=6, fontSize=12, fontWeight="bold").encode(
        text="said:N", y=alt.value(2)
    )
    return template(areas + rule + flag, height=270)


@cache
def _curve(across: str, up: str) -> Spec:
    unit = alt.Scale(domain=[0, 1])
    x, y = alt.X("across:Q", title=across, scale=unit), alt.Y("up:Q", title=up, scale=unit)
    tooltip = [
        alt.Tooltip("threshold:Q", format=".3f"),
        alt.Tooltip("across:Q", title=across, format=".3f"),
        alt.Tooltip("up:Q", title=up, format=".3f"),
    ]
    drawn = alt.Chart(source("line")).encode(x=x, y=y, tooltip=tooltip)
    dashed = alt.Chart(source("chance")).mark_line(strokeDash=[4, 4], color=QUIET)
    now = alt.Chart(source("now")).encode(x=x, y=y, tooltip=tooltip)
    return template(
        dashed.encode(x=x, y=y)
        + drawn.mark_line(color=ACCENT, strokeWidth=2.2)
        + drawn.mark_point(size=60, opacity=0)
        + now.mark_point(filled=True, size=150, color=COLOURS["fn"], opacity=1),
        height=280,
    )
