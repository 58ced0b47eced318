"""A patient's tissue put back together, with one square a patch laid over it."""

import base64
from functools import cache

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.template import Spec, filled, outcome_scale, source, template
from dashboard.charts.theme import LABEL_COLOURS, SCORE_SCALE, WORDS
from idc_core.patches import PATCH_PX

SELECTION = "square"
OVERLAYS = ("outcome", "score", "label", "tissue only")
WIDEST = 1400
"""Pixels of the longer side that are sent; more would not be seen in one view."""

_TALLEST, _LOWEST = 620, 260


def outcome_of(
    label: npt.ArrayLike, score: npt.ArrayLike, threshold: float
) -> npt.NDArray[np.str_]:
    """`tp`, `fn`, `fp` or `tn` of each patch."""
    is_idc = np.asarray(label) == 1
    called = np.asarray(score, dtype=np.float64) >= threshold
    return np.select(
        [is_idc & called, is_idc & ~called, ~is_idc & called], ["tp", "fn", "fp"], "tn"
    )


def squares(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """One row a patch in grid squares: `col`, `row`, `x`, `y`, `score`, `label`, `outcome`."""
    return pd.DataFrame(
        {
            "col": (rows["x"] - 1) // PATCH_PX,
            "row": (rows["y"] - 1) // PATCH_PX,
            "x": rows["x"],
            "y": rows["y"],
            "score": rows["score"].astype(float).round(3),
            "label": np.where(rows["label"] == 1, "IDC", "no IDC"),
            "outcome": [WORDS[o] for o in outcome_of(rows["label"], rows["score"], threshold)],
        }
    )


def outline(table: pd.DataFrame) -> pd.DataFrame:
    """The border between called squares and all others, as lines `col`, `row` to `right`, `bottom`.

    This is where the threshold runs through the slide.
    """
    called = table[table["outcome"].isin([WORDS["tp"], WORDS["fp"]])]
    places = set(zip(called["col"].astype(int), called["row"].astype(int), strict=True))
    sides = {
        (-1, 0): (0, 0, 0, 1),
        (1, 0): (1, 0, 1, 1),
        (0, -1): (0, 0, 1, 0),
        (0, 1): (0, 1, 1, 1),
    }
    lines = [
        (col + from_x, row + from_y, col + to_x, row + to_y)
        for col, row in sorted(places)
        for (right, down), (from_x, from_y, to_x, to_y) in sides.items()
        if (col + right, row + down) not in places
    ]
    return pd.DataFrame(lines, columns=["col", "row", "right", "bottom"])


def picture(image: npt.NDArray[np.uint8], present: npt.NDArray[np.bool_]) -> str:
    """A slide as `slides.assemble` gives it, as a data address, shrunk to `WIDEST`.

    It covers whole grid squares, and is transparent where no patch is `present`.
    """
    rows, columns = present.shape
    sheet = np.full((rows * PATCH_PX, columns * PATCH_PX, 4), 255, np.uint8)
    sheet[: image.shape[0], : image.shape[1], :3] = image[:, :, ::-1]
    sheet[:, :, 3] = 255 * np.kron(present, np.ones((PATCH_PX, PATCH_PX), np.uint8))
    shrink = min(1.0, WIDEST / max(sheet.shape[:2]))
    if shrink < 1:
        sheet = cv2.resize(sheet, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    done, coded = cv2.imencode(".webp", sheet, [cv2.IMWRITE_WEBP_QUALITY, 80])
    assert done
    return "data:image/webp;base64," + base64.b64encode(coded.tobytes()).decode()


def slide_chart(
    table: pd.DataFrame,
    *,
    overlay: str,
    opacity: float,
    tissue: str | None = None,
    picked: tuple[int, int] | None = None,
    places: pd.DataFrame | None = None,
) -> Spec:
    """The slide; clicking a square selects its `x` and `y`.

    Where no patch was exported there is no square: missing tissue is not negative tissue.
    `tissue`: the data address of the image of the patches at `places` (`x`, `y`), which may be more
    than those that were scored.
    """
    grid = table[["x", "y"]] if places is None else places
    left, top = ((int(grid[name].min()) - 1) // PATCH_PX for name in ("x", "y"))
    right, bottom = ((int(grid[name].max()) - 1) // PATCH_PX + 1 for name in ("x", "y"))
    here = table["x"].eq(picked[0]) & table["y"].eq(picked[1]) if picked else table["x"].isna()
    middle = {"col": (left + right) / 2, "row": (top + bottom) / 2, "url": tissue}
    return filled(
        _slide(left, right, top, bottom, overlay),
        squares=table.assign(strength=_strength(table, overlay, opacity)),
        tissue=pd.DataFrame([middle] if tissue else [], columns=list(middle)),
        outline=outline(table) if overlay == "score" else outline(table.iloc[:0]),
        picked=table[here],
    )


def _strength(
    table: pd.DataFrame, overlay: str, opacity: float
) -> "npt.NDArray[np.float64] | pd.Series[float]":
    """How opaque each square is: the quiet ones leave the tissue to be seen."""
    if overlay == "tissue only":
        return np.zeros(len(table))
    if overlay == "score":
        return table["score"] * opacity
    quiet = table["label"] == "no IDC" if overlay == "label" else table["outcome"] == WORDS["tn"]
    return np.where(quiet, 0.2 * opacity, opacity)


@cache
def _slide(left: int, right: int, top: int, bottom: int, overlay: str) -> Spec:
    across, down = right - left, bottom - top
    height = int(np.clip(660 * down / across, _LOWEST, _TALLEST))
    # Grid squares a screen pixel, as many as fit both ways: squares stay square at any width.
    fit = f"max({across} / width, {down} / height)"
    x = alt.X("col:Q", axis=None, scale=alt.Scale(
        domain=[left, alt.expr(f"{left} + width * {fit}")], nice=False, zero=False))  # fmt: skip
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(
        domain=[alt.expr(f"{top} + height * {fit}"), top], nice=False, zero=False))  # fmt: skip
    box = {"x": x, "y": y, "x2": "right:Q", "y2": "bottom:Q"}
    tissue = (
        alt.Chart(source("tissue"))
        .mark_image(
            aspect=False, width=alt.expr(f"{across} / {fit}"), height=alt.expr(f"{down} / {fit}")
        )
        .encode(x=x, y=y, url="url:N")
    )
    place = alt.selection_point(name=SELECTION, fields=["x", "y"], empty=False)
    patches = (
        alt.Chart(source("squares"))
        .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        .mark_rect(stroke="#FFFFFF", strokeWidth=0.4, strokeOpacity=0.5, cursor="pointer")
        .encode(
            **box,
            color=_colour(overlay),
            fillOpacity=alt.FillOpacity("strength:Q", scale=None, legend=None),
            tooltip=["outcome:N", "label:N", alt.Tooltip("score:Q", format=".3f"), "x:Q", "y:Q"],
        )
        .add_params(place)
    )
    border = alt.Chart(source("outline")).mark_rule(color="#2171B5", strokeWidth=2).encode(**box)
    chosen = (
        alt.Chart(source("picked"))
        .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        .encode(**box)
    )
    return template(
        tissue
        + patches
        + border
        + chosen.mark_rect(filled=False, stroke="#FFFFFF", strokeWidth=6)
        + chosen.mark_rect(filled=False, stroke="#111111", strokeWidth=3),
        height=height,
    )


def _colour(overlay: str) -> alt.Color:
    if overlay == "score":
        scale = alt.Scale(domain=[0, 1], range=list(SCORE_SCALE))
        return alt.Color("score:Q", scale=scale, title="score")
    if overlay == "label":
        scale = alt.Scale(domain=list(LABEL_COLOURS), range=list(LABEL_COLOURS.values()))
        return alt.Color("label:N", scale=scale, title=None, legend=alt.Legend(symbolStrokeWidth=0))
    legend = None if overlay == "tissue only" else alt.Legend(symbolStrokeWidth=0)
    return alt.Color("outcome:N", scale=outcome_scale(), title=None, legend=legend)
