"""ROC, precision-recall, workload and the score histogram, with the current threshold."""

from dataclasses import dataclass
from functools import cache

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dashboard.charts.moves import BESIDE, POINT_SIZE, Histogram
from dashboard.charts.template import (
    Spec,
    filled,
    limits,
    outcome_scale,
    room_for_points,
    source,
    template,
)
from dashboard.charts.theme import ACCENT, COLOURS, LETTERS, MARKED, OUTCOMES, QUIET, digits
from idc_core.facts.outcomes import words_of
from idc_core.metrics.bands import Band
from idc_core.metrics.corner import FAR, in_a_corner, log_odds
from idc_core.metrics.curves import Curve, Numbers, Ranked
from idc_core.metrics.sigmoid import sigmoid
from idc_core.metrics.sorted_scores import below
from idc_core.records.raster import Raster

BINS = 50
_LINEAR = 20
"""Up to about so many patches the axis is linear."""
_TICKS = [0, *(sign * 10**power for power in range(1, 7) for sign in (1, -1))]


def histogram_table(ranked: Ranked, threshold: float) -> pd.DataFrame:
    """Patches per bin and outcome: `low, high, outcome, patches`; the threshold is a bin edge.

    Patches without IDC are counted downwards, so the four areas never overlap.
    """
    edges = np.unique(np.append(_edges(ranked), threshold))
    high_side = edges[:-1] >= threshold
    if threshold == 1:  # a score of exactly 1 is predicted IDC: a bin of no width holds it
        edges, high_side = np.append(edges, 1.0), np.append(high_side, True)
    found = []
    for scores, outcome, sign in (
        (ranked.positive, np.where(high_side, "tp", "fn"), 1),
        (ranked.negative, np.where(high_side, "fp", "tn"), -1),
    ):
        # The scores are sorted: a bin is the distance between two places.
        places = np.append(below(scores, edges[:-1]), len(scores))
        found.append(
            pd.DataFrame(
                {
                    "low": edges[:-1],
                    "high": edges[1:],
                    "outcome": outcome,
                    "patches": np.diff(places) * sign,
                }
            )
        )
    table = pd.concat(found, ignore_index=True)
    return table[table["patches"] != 0]


def bins_of(ranked: Ranked) -> Histogram:
    """The bins of the histogram whatever the threshold, and where they lie on its axis."""
    edges, odds = _edges(ranked), on_log_odds(ranked)
    places = edges
    if odds:
        inner = log_odds(edges)
        far = inner[np.abs(inner) < FAR]
        places = np.clip(inner, far.min() - 0.5, far.max() + 0.5)
    positive, negative = [
        np.diff(np.append(below(scores, edges[:-1]), len(scores))).tolist()
        for scores in (ranked.positive, ranked.negative)
    ]
    return Histogram(
        edges.tolist(),
        places.tolist(),
        positive,
        negative,
        odds,
        _LINEAR,
        {each: COLOURS[each] for each in OUTCOMES},
        {"rule": 0, "flag": BESIDE, "flag_before": -BESIDE}
        | {each: _beside_line(each) for each in OUTCOMES},
    )


def _edges(ranked: Ranked) -> Numbers:
    if not on_log_odds(ranked):
        return np.linspace(0, 1, BINS + 1)
    both = log_odds(np.concatenate([ranked.positive[[0, -1]], ranked.negative[[0, -1]]]))
    inner = sigmoid(np.linspace(both.min(), both.max(), BINS - 1))
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def on_log_odds(ranked: Ranked) -> bool:
    """Whether the histogram needs a log-odds axis: both classes, all scores close to 0 or 1."""
    return len(ranked.positive) > 0 < len(ranked.negative) and in_a_corner(ranked)


def histogram_chart(table: pd.DataFrame, bins: Histogram, threshold: float, raster: Raster) -> Spec:
    """The four areas of the scores with the threshold as a line; `bins`: those without it."""
    named = table.assign(
        what=table["outcome"].map(words_of(raster)),
        n=table["patches"].abs(),
        left=table["low"],
        right=table["high"],
    )
    now = pd.DataFrame({"threshold": [threshold], "at": [threshold]})
    ends = (bins.places[0], bins.places[-1])
    if bins.odds:
        for frame, places in ((named, ("left", "right")), (now, ("at",))):
            for name in places:
                frame[name] = np.clip(log_odds(frame[name].to_numpy()), *ends)
    is_after_middle = now["at"] > sum(ends) / 2
    said = pd.Series([f"threshold {digits(threshold)}"])
    now = now.assign(
        said=said.mask(is_after_middle, ""), said_before=said.where(is_after_middle, "")
    )
    # Both axes stay as they are while the threshold moves, which may split the largest bin.
    whole = pd.DataFrame({"left": ends, "patches": [max(bins.positive), -max(bins.negative)]})
    return filled(_histogram(bins.odds, raster), areas=named, now=now, whole=whole)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of a curve that do not depend on the threshold: axes, line, band, reference lines.

    The tables are Arrow already: converting them at every move took longer than all counting.
    """

    axes: tuple[str, str]
    line: pa.Table
    band: pa.Table
    beside: pa.Table


def share_found(raster: Raster) -> str:
    """Sensitivity as the title of an axis."""
    return f"share of {raster.positive} found (sensitivity)"


def roc(curve: Curve, raster: Raster, band: Band | None = None) -> Drawn:
    """Sensitivity against 1 − specificity; the diagonal is chance."""
    return Drawn(
        ("false positive rate (1 − specificity)", share_found(raster)),
        _line(curve, 1 - curve.specificity, curve.sensitivity),
        _band(band),
        _beside(chance=[(0, 0), (1, 1)]),
    )


def precision_recall(
    curve: Curve, raster: Raster, prevalence: float, band: Band | None = None
) -> Drawn:
    """Precision against sensitivity; predicting IDC everywhere has the prevalence as precision."""
    return Drawn(
        (share_found(raster), f"positive predictions that are {raster.positive} (precision)"),
        _line(curve, curve.sensitivity, curve.precision),
        _band(band),
        _beside(prevalence=[(0, prevalence), (1, prevalence)]),
    )


def workload(curve: Curve, raster: Raster, prevalence: float) -> Drawn:
    """Share of IDC found against share of patches reviewed, highest scores first."""
    called = prevalence * curve.sensitivity + (1 - prevalence) * (1 - curve.specificity)
    return Drawn(
        (f"share of patches reviewed ({raster.predicted(True)})", share_found(raster)),
        _line(curve, called, curve.sensitivity),
        _band(None),
        _beside(random=[(0, 0), (1, 1)], perfect=[(0, 0), (prevalence, 1), (1, 1)]),
    )


def with_point(drawn: Drawn, across: float, up: float, threshold: float) -> Spec:
    """The curve with the point of the threshold, where that is defined."""
    point = {"across": across, "up": up, "threshold": threshold}
    is_defined = all(map(np.isfinite, point.values()))
    now = pa.table({name: pa.array([at][:is_defined], pa.float64()) for name, at in point.items()})
    return filled(
        _curve(*drawn.axes), line=drawn.line, band=drawn.band, beside=drawn.beside, now=now
    )


def _line(curve: Curve, across: Numbers, up: Numbers) -> pa.Table:
    # At the first point nothing is predicted IDC; its threshold is infinite, which JSON lacks.
    return _arrow(threshold=np.minimum(curve.thresholds, 1.0), across=across, up=up)


def _band(band: Band | None) -> pa.Table:
    if band is None:
        return _arrow(across=[], low=[], high=[])
    return _arrow(across=band.across, low=band.low, high=band.high)


def _arrow(**columns: npt.ArrayLike) -> pa.Table:
    """Rounded numbers; rows with an undefined one are left out."""
    table = pd.DataFrame(columns, dtype=np.float64).dropna().round(4)
    return pa.Table.from_pandas(table, preserve_index=False)


def _beside(**lines: list[tuple[float, float]]) -> pa.Table:
    """Straight reference lines by name."""
    rows = [
        {"which": name, "across": float(across), "up": float(up)}
        for name, points in lines.items()
        for across, up in points
    ]
    return pa.Table.from_pandas(pd.DataFrame(rows).dropna(), preserve_index=False)


@cache
def _histogram(odds: bool, raster: Raster) -> Spec:
    x = (
        alt.X(
            "left:Q",
            title="score (log-odds scale)",
            bin="binned",
            scale=alt.Scale(zero=False, nice=False),
            axis=alt.Axis(labelExpr="format(1 / (1 + exp(-datum.value)), '.2g')"),
        )
        if odds
        else alt.X("left:Q", title="score", scale=alt.Scale(domain=[0, 1]), bin="binned")
    )
    areas = (
        alt.Chart(source("areas"))
        .mark_bar(binSpacing=0)
        .encode(
            x=x,
            x2="right:Q",
            y=alt.Y(
                "patches:Q",
                title=f"{raster.negative}  ←  patches  →  {raster.positive}",
                scale=alt.Scale(type="symlog", constant=_LINEAR),
                axis=alt.Axis(values=_TICKS, labelExpr="format(abs(datum.value), ',')"),
            ),
            color=alt.Color("what:N", scale=outcome_scale(raster), title=None),
            tooltip=[
                alt.Tooltip("what:N", title="outcome"),
                alt.Tooltip("n:Q", title="patches", format=","),
                alt.Tooltip("low:Q", title="from score", format=".3g"),
                alt.Tooltip("high:Q", title="to", format=".3g"),
            ],
        )
    )
    now = alt.Chart(source("now")).encode(
        x="at:Q", tooltip=alt.Tooltip("threshold:Q", format=".3g")
    )
    # Invisible: two far corners, from which both axes can be read, and which hold the room that
    # words beside the line need at either end.
    whole = alt.Chart(source("whole")).mark_point(filled=True, size=4 * 8**2, color="transparent")
    corners = whole.encode(x=areas.encoding.x.copy(), y=areas.encoding.y.copy())
    rule = now.mark_rule(color=ACCENT, strokeWidth=2.5)
    flags = [_flag(now, "said", BESIDE), _flag(now, "said_before", -BESIDE)]
    letters = [_letter(now, outcome) for outcome in OUTCOMES]
    named = [
        layer.properties(name=name)
        for name, layer in (
            ("areas", areas),
            ("whole", corners),
            ("rule", rule),
            ("flag", flags[0]),
            ("flag_before", flags[1]),
            *zip(OUTCOMES, letters, strict=True),
        )
    ]
    return template(alt.layer(*named), height=270, moving=True)


def _flag(now: alt.Chart, said: str, beside: int) -> alt.Chart:
    """The threshold in words over its line, on the side where there is room."""
    mark = now.mark_text(
        align="left" if beside > 0 else "right",
        baseline="bottom",
        dx=beside,
        fontSize=12,
        fontWeight="bold",
        color=ACCENT,
    )
    flag: alt.Chart = mark.encode(text=f"{said}:N", y=alt.value(-2))
    return flag


def _letter(now: alt.Chart, outcome: str) -> alt.Chart:
    """The letters of an area, where it meets the threshold: colour alone does not name it."""
    beside, top = _beside_line(outcome), outcome in ("tp", "fn")
    mark = now.mark_text(
        align="left" if beside > 0 else "right",
        baseline="top" if top else "bottom",
        dx=beside,
        clip=True,
        fontSize=11,
        fontWeight="bold",
        color=ACCENT,
    )
    lettered: alt.Chart = mark.encode(
        text=alt.value(LETTERS[outcome]), y=alt.value(2 if top else "height")
    )
    return lettered


def _beside_line(outcome: str) -> int:
    """Predicted positive is to the right of the threshold."""
    return BESIDE if outcome in ("tp", "fp") else -BESIDE


@cache
def _curve(across: str, up: str) -> Spec:
    unit = alt.Scale(domain=[0, 1])
    x, y = alt.X("across:Q", title=across, scale=unit), alt.Y("up:Q", title=up, scale=unit)
    tooltip = [
        alt.Tooltip("threshold:Q", format=".3g"),
        alt.Tooltip("across:Q", title=across, format=".3f"),
        alt.Tooltip("up:Q", title=up, format=".3f"),
    ]
    drawn = alt.Chart(source("line")).encode(x=x, y=y, tooltip=tooltip)
    band = alt.Chart(source("band")).mark_area(color=ACCENT, opacity=0.16, aria=False)
    beside = alt.Chart(source("beside")).mark_line(strokeDash=[4, 4], color=QUIET)
    now = alt.Chart(source("now")).encode(x=x, y=y, tooltip=tooltip)
    return template(
        band.encode(
            x=x,
            y=alt.Y("low:Q", scale=unit, title=up),
            y2="high:Q",
            tooltip=[tooltip[1], *limits(".3f", f"95 % limit of: {up}")],
        )
        + beside.encode(x=x, y=y, detail="which:N", tooltip="which:N")
        + drawn.mark_line(color=ACCENT, strokeWidth=2.2)
        + drawn.mark_point(size=60, opacity=0)
        + room_for_points(POINT_SIZE, x, y)
        + now.mark_point(filled=True, size=POINT_SIZE, color=MARKED, opacity=1).properties(
            name="now"
        ),
        height=280,
        moving=True,
    )
