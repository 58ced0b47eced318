"""Maps of evidence over their patch, and what taking it away does to the logit.

What speaks for IDC is teal, what speaks against brown, as in the feature maps; the two are drawn
apart and named, so that colour is never alone.
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
    """One map over its grey patch, (SIDE, SIDE, 3); cells keep their true size and edges."""
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pale = 255 - (255 - grey) * 0.6
    base = cv2.resize(pale, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)[..., None]
    opaque = np.sqrt(spread(cells, SIDE) / most if most > 0 else np.zeros((SIDE, SIDE)))[..., None]
    tint = np.array(list(bytes.fromhex(colour[1:])), np.float32)
    mixed = base * (1 - 0.85 * opaque) + tint * 0.85 * opaque
    return np.asarray(np.rint(mixed), np.uint8)


def sheet(patch: Image, maps: list[Evidence]) -> Image:
    """All maps as one picture to take along: a column a method, for above, against below."""
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
    """One curve with the span of chance: share, by_map, low, middle, high."""
    return pd.DataFrame(
        {
            "share": curves.shares,
            "by_map": curves.by_map,
            "low": curves.by_chance.min(axis=0),
            "middle": np.median(curves.by_chance, axis=0),
            "high": curves.by_chance.max(axis=0),
        }
    )


def walk(curves: Curves, *, put_back: bool) -> Spec:
    """Logit against the share of the patch taken away (or put back)."""
    return filled(_walk(put_back=put_back), walk=curve_table(curves))


@cache
def _walk(*, put_back: bool) -> Spec:
    what = "share of the patch put back" if put_back else "share of the patch taken away"
    x = alt.X("share:Q", title=what, axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("low:Q", title="logit", scale=alt.Scale(zero=False))
    base = alt.Chart(source("walk"))
    band = base.mark_area(opacity=0.25, color=QUIET).encode(
        x=x,
        y=y,
        y2="high:Q",
        tooltip=[alt.Tooltip("share:Q", format=".0%"), *limits(".2f", "end of random orders")],
    )
    middle = base.mark_line(color=QUIET, strokeDash=[4, 3]).encode(x=x, y="middle:Q")
    ours = base.mark_line(color=ACCENT, strokeWidth=2.5).encode(
        x=x,
        y="by_map:Q",
        tooltip=[
            alt.Tooltip("share:Q", format=".0%"),
            alt.Tooltip("by_map:Q", title="logit, in the map's order", format=".2f"),
            alt.Tooltip("middle:Q", title="middle of random orders", format=".2f"),
        ],
    )
    return template(alt.layer(band, middle, ours), height=190)
