"""The decision curve: net benefit of the model, of treating all patches and of treating none."""

from functools import cache

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, in_digits, limits, source, template, tip
from dashboard.charts.theme import ACCENT, MARKED, QUIET
from idc_core.records.raster import Raster


def policies_of(raster: Raster) -> list[str]:
    """The model, and the two plain policies that it is compared with.

    >>> policies_of(Raster(positive="tumour", negative="stroma"))
    ['model', 'treat all (tumour everywhere)', 'treat none (no tumour anywhere)']
    """
    return [
        "model",
        f"treat all ({raster.positive} everywhere)",
        f"treat none (no {raster.positive} anywhere)",
    ]


def decision_chart(curve: pd.DataFrame, threshold: float, raster: Raster) -> Spec:
    """Net benefit; `chance, model, low, high, all`. Values far below 0 are cut off."""
    policies = pd.concat(
        [
            pd.DataFrame({"chance": curve["chance"], "policy": policy, "benefit": benefit})
            for policy, benefit in zip(
                policies_of(raster), (curve["model"], curve["all"], 0 * curve["all"]), strict=True
            )
        ],
        ignore_index=True,
    )
    floor = -0.1 * max(float(curve["all"].max()), 0.05)
    policies = policies[policies["benefit"] >= floor]
    band = curve[["chance", "low", "high"]].dropna().clip(lower=floor)
    now = pd.DataFrame({"threshold": [threshold]})
    return filled(_decision(raster), policies=policies, band=band, now=now)


@cache
def _decision(raster: Raster) -> Spec:
    named = policies_of(raster)
    x = alt.X(
        "chance:Q",
        title=f"threshold probability (chance of {raster.positive})",
        scale=alt.Scale(domain=[0, 1]),
    )
    title = f"net benefit ({raster.positive} found per patch)"
    y = alt.Y("benefit:Q", title=title)
    policy = alt.Color(
        "policy:N", scale=alt.Scale(domain=named, range=[ACCENT, QUIET, QUIET]), legend=None
    )
    dash = alt.StrokeDash("policy:N", scale=alt.Scale(domain=named, range=[[1, 0], [6, 3], [2, 3]]))
    said = [
        "policy:N",
        alt.Tooltip("chance:Q", format=".2f"),
        alt.Tooltip("benefit:Q", format=".4f"),
    ]
    band = alt.Chart(source("band")).mark_area(color=ACCENT, opacity=0.16)
    lines = alt.Chart(source("policies")).mark_line(strokeWidth=2)
    rule = in_digits(alt.Chart(source("now")), "threshold").mark_rule(color=MARKED, strokeWidth=1.6)
    return template(
        band.encode(
            x=x,
            y=alt.Y("low:Q", title=title),
            y2="high:Q",
            tooltip=[said[1], *limits(".4f", "95 % limit of the model's net benefit")],
        )
        + lines.encode(x=x, y=y, color=policy, strokeDash=dash, tooltip=said)
        + rule.encode(x="threshold:Q", tooltip=tip("threshold")).properties(name="now"),
        height=250,
        moving=True,
    )
