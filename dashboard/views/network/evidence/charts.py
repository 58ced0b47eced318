"""Maps of evidence overlaid on their patch, and the logit as the evidence is removed.

Evidence for IDC is teal, against it brown, as in the feature maps; the two are drawn separately and
named, so that nothing depends on colour alone.
"""

from functools import cache

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.template import Spec, filled, limits, source, template
from dashboard.charts.theme import ACCENT, QUIET
from idc_core.interpret.explain.evidence import Evidence, Map, spread
from idc_core.interpret.explain.faithfulness import Curves

FOR, AGAINST = "#01665e", "#8c510a"
SIDE = 200

Image = npt.NDArray[np.uint8]


def over(patch: Image, cells: Map, most: float, colour: str) -> Image:
    """One map overlaid on its grey patch, (SIDE, SIDE, 3); cells keep their true size and edges."""
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pale = 255 - (255 - grey) * 0.6
    base = cv2.resize(pale, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)[..., None]
    opaque = np.sqrt(spread(cells, SIDE) / most if most > 0 else np.zeros((SIDE, SIDE)))[..., None]
    tint = np.array(list(bytes.fromhex(colour[1:])), np.float32)
    mixed = base * (1 - 0.85 * opaque) + tint * 0.85 * opaque
    return np.asarray(np.rint(mixed), np.uint8)


def sheet(patch: Image, maps: list[Evidence]) -> Image:
    """All maps as one picture: one column per method, evidence for IDC above, against it below."""
    gap = np.full((SIDE, 8, 3), 255, np.uint8)
    rows = []
    for name, colour in (("pro", FOR), ("con", AGAINST)):
        tiles = [over(patch, getattr(each, name), each.most, colour) for each in maps]
        parts = [cv2.resize(patch, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)]
        for tile in tiles:
            parts += [gap, tile]
        rows.append(np.concatenate(parts, axis=1))
    between = np.full((8, rows[0].shape[1], 3), 255, np.uint8)
    return np.concatenate([rows[0], between, rows[1]])


def table(maps: list[Evidence]) -> pd.DataFrame:
    """Every cell of every map: method, layer, row, column, for, against."""
    parts = []
    for each in maps:
        row, column = np.indices(each.pro.shape).reshape(2, -1)
        parts.append(
            pd.DataFrame(
                {
                    "method": each.method,
                    "layer": each.layer or "",
                    "row": row,
                    "column": column,
                    "for_idc": each.pro.ravel(),
                    "against_idc": each.con.ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def curve_table(curves: Curves) -> pd.DataFrame:
    """One curve with the range of the random orders: share, by_map, low, middle, high."""
    return pd.DataFrame(
        {
            "share": curves.shares,
            "by_map": curves.by_map,
            "low": curves.by_chance.min(axis=0),
            "middle": np.median(curves.by_chance, axis=0),
            "high": curves.by_chance.max(axis=0),
        }
    )


def logit_curve(curves: Curves, *, restored: bool) -> Spec:
    """Logit against the share of the patch removed (or restored)."""
    return filled(_logit_curve(restored=restored), walk=curve_table(curves))


@cache
def _logit_curve(*, restored: bool) -> Spec:
    what = "share of the patch restored" if restored else "share of the patch removed"
    x = alt.X("share:Q", title=what, axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("low:Q", title="logit", scale=alt.Scale(zero=False))
    base = alt.Chart(source("walk"))
    band = base.mark_area(opacity=0.25, color=QUIET).encode(
        x=x,
        y=y,
        y2="high:Q",
        tooltip=[alt.Tooltip("share:Q", format=".0%"), *limits(".2f", "range of random orders")],
    )
    middle = base.mark_line(color=QUIET, strokeDash=[4, 3]).encode(x=x, y="middle:Q")
    ours = base.mark_line(color=ACCENT, strokeWidth=2.5).encode(
        x=x,
        y="by_map:Q",
        tooltip=[
            alt.Tooltip("share:Q", format=".0%"),
            alt.Tooltip("by_map:Q", title="logit, in the order of the map", format=".2f"),
            alt.Tooltip("middle:Q", title="median of random orders", format=".2f"),
        ],
    )
    return template(alt.layer(band, middle, ours), height=190)
