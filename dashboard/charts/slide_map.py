"""A patient's tissue put back together, with one square a patch laid over it."""

import base64
from collections.abc import Sequence

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.theme import (
    COLOURS,
    LABEL_COLOURS,
    OUTCOMES,
    SCORE_SCALE,
    WORDS,
    finished,
)  # fmt: skip
from idc_core.patches import PATCH_PX

SELECTION = "square"
OVERLAYS = ("outcome", "score", "label", "tissue only")
WIDEST = 1400
"""Pixels of the longer side that are sent; more would not be seen in one view."""


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
    """One row a patch in grid squares: `col`, `row`, `score`, `label`, `outcome`."""
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


def picture(image: npt.NDArray[np.uint8]) -> str:
    """An RGB image as a data address (JPEG), shrunk to `WIDEST`."""
    shrink = min(1.0, WIDEST / max(image.shape[:2]))
    if shrink < 1:
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    done, coded = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    assert done
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()


def slide_chart(
    table: pd.DataFrame,
    *,
    overlay: str,
    opacity: float,
    tissue: str | None = None,
    picked: tuple[int, int] | None = None,
) -> alt.LayerChart:
    """The slide; clicking a square selects its `x` and `y`.

    Where no patch was exported there is no square: missing tissue is not negative tissue.
    """
    left, right = int(table["col"].min()), int(table["col"].max()) + 1
    top, bottom = int(table["row"].min()), int(table["row"].max()) + 1
    x = alt.X("col:Q", scale=alt.Scale(domain=[left, right], nice=False, zero=False), axis=None)
    y = alt.Y("row:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False), axis=None)
    layers: list[alt.Chart] = []
    if tissue is not None:
        frame = pd.DataFrame([{"col": left, "row": top, "right": right, "bottom": bottom}])
        layers.append(_image(frame, tissue, x, y))
    square = alt.selection_point(name=SELECTION, fields=["x", "y"], empty=False)
    layers.append(
        alt.Chart(table)
        .mark_rect(stroke="#FFFFFF", strokeWidth=0.4, strokeOpacity=0.5, cursor="pointer")
        .encode(
            x=x, y=y, x2="right:Q", y2="bottom:Q",
            color=_colour(overlay),
            fillOpacity=_opacity(overlay, opacity),
            tooltip=["outcome:N", "label:N", alt.Tooltip("score:Q", format=".3f"), "x:Q", "y:Q"],
        )
        .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        .add_params(square)
    )  # fmt: skip
    if picked is not None:
        here = table[(table["x"] == picked[0]) & (table["y"] == picked[1])]
        layers.append(
            alt.Chart(here)
            .mark_rect(filled=False, stroke="#111111", strokeWidth=3)
            .encode(x=x, y=y, x2="right:Q", y2="bottom:Q")
            .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        )
    wide = (right - left) / max(bottom - top, 1)
    return finished(alt.layer(*layers), height=int(np.clip(760 / wide, 300, 620)))  # type: ignore[return-value]


def _image(frame: pd.DataFrame, address: str, x: alt.X, y: alt.Y) -> alt.Chart:
    # An image mark has no x2: it is centred, and as wide and high as the view.
    middle = frame.assign(
        col=(frame["col"] + frame["right"]) / 2, row=(frame["row"] + frame["bottom"]) / 2
    )
    return (
        alt.Chart(middle)
        .mark_image(url=address, aspect=False, width=alt.expr("width"), height=alt.expr("height"))
        .encode(x=x, y=y)
    )


def _colour(overlay: str) -> alt.Color:
    if overlay == "score":
        scale = alt.Scale(domain=[0, 1], range=list(SCORE_SCALE))
        return alt.Color("score:Q", scale=scale, title="score")
    if overlay == "label":
        return _named("label", LABEL_COLOURS)
    return _named("outcome", {WORDS[o]: COLOURS[o] for o in OUTCOMES})


def _named(field: str, colours: dict[str, str]) -> alt.Color:
    names: Sequence[str] = list(colours)
    scale = alt.Scale(domain=names, range=[colours[name] for name in names])
    return alt.Color(f"{field}:N", scale=scale, title=None)


def _opacity(overlay: str, opacity: float) -> "alt.Value | alt.FillOpacity":  # type: ignore[type-arg]
    if overlay == "tissue only":
        return alt.value(0.0)
    if overlay == "score":  # quiet where the model sees nothing
        scale = alt.Scale(domain=[0, 1], range=[0.05 * opacity, opacity])
        return alt.FillOpacity("score:Q", scale=scale, legend=None)
    if overlay == "label":
        return alt.condition("datum.label == 'IDC'", alt.value(opacity), alt.value(0.25 * opacity))
    quiet = f"datum.outcome == '{WORDS['tn']}'"
    return alt.condition(quiet, alt.value(0.2 * opacity), alt.value(opacity))
