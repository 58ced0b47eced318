"""Reliability diagrams, and the calibration gap of each patient."""

from functools import cache

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, in_digits, limits, source, template, tip
from dashboard.charts.theme import ACCENT, ACCENT_SOFT, QUIET
from idc_core.records.raster import Raster

FEW = 30
"""A bin with fewer patches is drawn faint: its share is uncertain."""

SELECTION = "patient"
_KINDS = ["in use", "compared"]
_BINS = ["many patches", f"fewer than {FEW}"]


def reliability_chart(shown: pd.DataFrame, beside: pd.DataFrame | None, raster: Raster) -> Spec:
    """Share of IDC against mean score per bin, with intervals for new patients.

    Tables have `score, share, low, high, patches`; `beside` holds another recalibration.
    """
    parts = [_named(shown, _KINDS[0])]
    if beside is not None:
        parts.append(_named(beside, _KINDS[1]))
    ideal = pd.DataFrame({"score": [0.0, 1.0], "share": [0.0, 1.0]})
    spec = _reliability(raster, two=beside is not None)
    return filled(spec, bins=pd.concat(parts, ignore_index=True), ideal=ideal)


def counts_chart(shown: pd.DataFrame, raster: Raster) -> Spec:
    """Number of patches per bin; `low_edge, high_edge, patches, idc`."""
    return filled(_counts(raster), held=shown)


def patients_chart(table: pd.DataFrame, raster: Raster) -> Spec:
    """Mean score minus share of IDC per patient; `patient, gap, patches, place`."""
    return filled(_patients(raster), patients=table)


def _named(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    few = table["patches"] < FEW
    return table.assign(kind=kind, enough=few.map({False: _BINS[0], True: _BINS[1]}))


@cache
def _reliability(raster: Raster, *, two: bool) -> Spec:
    legend = alt.Legend() if two else None
    in_bin = f"share of {raster.positive} in the bin"
    unit = alt.Scale(domain=[0, 1])
    low = alt.Y("low:Q", scale=unit, title=in_bin)
    x = alt.X("score:Q", title="mean score of the bin", scale=unit)
    y = alt.Y("share:Q", title=in_bin, scale=unit)
    kinds = alt.Scale(domain=_KINDS, range=[ACCENT, "#CC79A7"])
    colour = alt.Color("kind:N", scale=kinds, legend=legend)
    said = [
        alt.Tooltip("kind:N", title="scores"),
        tip("score", "mean score"),
        tip("share", f"share of {raster.positive}"),
        *limits(".3f"),
        alt.Tooltip("patches:Q", format=","),
        alt.Tooltip("patients:Q", format=","),
    ]
    bins = in_digits(in_digits(alt.Chart(source("bins")), "score"), "share")
    bars = bins.mark_rule(strokeWidth=1.6)
    ideal = alt.Chart(source("ideal")).mark_line(strokeDash=[4, 4], color=QUIET)
    faint = alt.Opacity("enough:N", scale=alt.Scale(domain=_BINS, range=[1, 0.3]), legend=None)
    return template(
        ideal.encode(x=x, y=y)
        + bins.mark_line(strokeWidth=1.4).encode(x=x, y=y, color=colour)
        + bars.encode(x=x, y=low, y2="high:Q", color=colour, opacity=faint, tooltip=said)
        + bins.mark_point(filled=True, opacity=1).encode(
            x=x,
            y=y,
            color=colour,
            opacity=faint,
            tooltip=said,
            size=alt.Size("patches:Q", scale=alt.Scale(type="sqrt", range=[25, 260]), legend=None),
            shape=alt.Shape(
                "kind:N",
                scale=alt.Scale(domain=_KINDS, range=["circle", "diamond"]),
                legend=legend,
            ),
        ),
        height=330,
    )


@cache
def _counts(raster: Raster) -> Spec:
    bins = (
        alt.Chart(source("held"))
        .mark_rect(color=ACCENT_SOFT)
        .encode(
            x=alt.X("low_edge:Q", title="score", scale=alt.Scale(domain=[0, 1])),
            x2="high_edge:Q",
            y=alt.Y(
                "patches:Q",
                title="patches",
                scale=alt.Scale(type="sqrt", zero=True),
                axis=alt.Axis(tickCount=3),
            ),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("patches:Q", format=","),
                alt.Tooltip("idc:Q", title=raster.positive, format=","),
            ],
        )
    )
    return template(bins, height=150)


@cache
def _patients(raster: Raster) -> Spec:
    chosen = alt.selection_point(name=SELECTION, fields=["patient"], empty=False)
    dots = (
        in_digits(in_digits(alt.Chart(source("patients")), "score"), "share")
        .mark_circle(cursor="pointer", opacity=0.85, color=ACCENT)
        .encode(
            x=alt.X(
                "place:Q",
                title="patients, from scores too low to too high",
                axis=alt.Axis(labels=False, ticks=False),
                scale=alt.Scale(nice=False),
            ),
            y=alt.Y("gap:Q", title=f"mean score − share of {raster.positive}"),
            size=alt.Size("patches:Q", scale=alt.Scale(type="sqrt", range=[20, 220]), legend=None),
            tooltip=[
                "patient:N",
                alt.Tooltip("gap:Q", format="+.3f"),
                tip("score", "mean score"),
                tip("share", f"share of {raster.positive}"),
                alt.Tooltip("patches:Q", format=","),
            ],
        )
        .add_params(chosen)
    )
    zero = alt.Chart(source("patients")).mark_rule(color=QUIET, strokeDash=[4, 4])
    return template(zero.encode(y=alt.datum(0)) + dots, height=230)
