"""Patches in a grid that can be clicked: one picture under transparent squares."""

import base64
from functools import cache
from typing import Any

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.template import (
    MARGIN,
    Spec,
    filled,
    in_digits,
    outcome_scale,
    source,
    template,
    tip,
)
from dashboard.charts.theme import INK, LETTERS
from idc_core.data.places import place_of
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import short_digits
from idc_core.records.raster import Raster

SELECTION, SEVERAL = "patch", "several"
"""What a click selects, and what Shift-clicks select."""
Mark = tuple[str, str]
"""A verdict as a letter and the shape behind it, so that it is told apart without colour."""
NO_MARK: Mark = ("", "circle")
AROUND = "image"
"""A column that the tooltip draws instead of printing it (vega-tooltip goes by this name)."""
COLUMNS = 12
TILE = 82
"""Largest side of a patch in px; on a narrower page all are smaller, and still square."""


def placed(rows: pd.DataFrame) -> pd.DataFrame:
    """Where each patch stands in the grid: adds `col` and `row`."""
    at = np.arange(len(rows))
    return rows.assign(col=at % COLUMNS, row=at // COLUMNS)


def address(sheet: npt.NDArray[np.uint8]) -> str:
    """A montage (RGBA) as a data address."""
    done, coded = cv2.imencode(
        ".webp", cv2.cvtColor(sheet, cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_WEBP_QUALITY, 82]
    )
    assert done
    return "data:image/webp;base64," + base64.b64encode(coded.tobytes()).decode()


def gallery_chart(
    table: pd.DataFrame, sheet: str | None, raster: Raster, *, judging: bool = False
) -> Spec:
    """Draw `placed` patches; clicking one selects its `patient`, `slide` if it has
    one, `x` and `y`.

    Without a `sheet` (no pixels on this machine) a square shows its outcome's colour and letters.
    `judging`: Shift-clicks select `SEVERAL`; the table then has `mark`, the letter of a
    verdict or nothing, its `shape`, `picked`, whether the patch is selected, and `turn`, a
    number that a click reports and that is another one afterwards. `AROUND` in `table`: where the
    browser finds what lies around each patch, which is shown while it is pointed at.
    """
    rows = int(table["row"].max()) + 1
    named = table.assign(
        what=table["outcome"].map(words_of(raster)),
        said=table["outcome"].map(LETTERS) + " " + table["score"].map(short_digits),
    )
    picture = pd.DataFrame([{"col": COLUMNS / 2, "row": rows / 2, "url": sheet or ""}])
    place = tuple(place_of(table))
    spec = _gallery(
        rows,
        raster,
        pixels=sheet is not None,
        judging=judging,
        place=place,
        around=AROUND in table,
    )
    return filled(spec, squares=named, picture=picture)


@cache
def _gallery(
    rows: int,
    raster: Raster,
    *,
    pixels: bool,
    judging: bool,
    place: tuple[str, ...],
    around: bool,
) -> Spec:
    # The height is known before the width, so that the page can reserve it; pictures stretched
    # over both would not be square.
    step = f"min(width / {COLUMNS}, height / {rows})"
    wide: Any = [0, alt.expr(f"{COLUMNS} * {step}")] if pixels else alt.Undefined
    high: Any = [0, alt.expr(f"{rows} * {step}")] if pixels else [0, alt.expr("height")]
    x_scale = alt.Scale(domain=[0, COLUMNS], nice=False, range=wide)
    x = alt.X("col:Q", axis=None, scale=x_scale)
    y_scale = alt.Scale(domain=[0, rows], nice=False, range=high)
    y = alt.Y("row:Q", axis=None, scale=y_scale)
    squares = (
        in_digits(alt.Chart(source("squares")), "score")
        .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        .mark_rect(cursor="pointer", fillOpacity=0 if pixels else 0.35, stroke="transparent")
        .encode(
            x=x,
            y=y,
            x2="right:Q",
            y2="bottom:Q",
            color=alt.Color("what:N", legend=None, scale=outcome_scale(raster, unknown=True)),
            tooltip=[
                alt.Tooltip("what:N", title="outcome"),
                tip("score"),
                *(f"{name}:N" for name in place[:-2]),
                "x:Q",
                "y:Q",
                *([f"{AROUND}:N"] if around else []),
            ],
        )
        .add_params(*_selections(list(place), judging=judging))
    )
    marks = _marks() if judging else []
    if not pixels:
        said = (
            alt.Chart(source("squares"))
            .transform_calculate(middle="datum.col + 0.5", centre="datum.row + 0.5")
            .mark_text(fontSize=12)
            .encode(x=alt.X("middle:Q", axis=None), y=alt.Y("centre:Q", axis=None), text="said:N")
        )
        return template(alt.layer(squares, said, *marks), height=rows * 48)
    picture = (
        alt.Chart(source("picture"))
        .mark_image(
            aspect=False,
            width=alt.expr(f"{COLUMNS} * {step}"),
            height=alt.expr(f"{rows} * {step}"),
        )
        .encode(x=x, y=y, url="url:N")
    )
    return template(alt.layer(picture, squares, *marks), height=rows * TILE + MARGIN)


def _selections(fields: list[str], *, judging: bool) -> list[alt.Parameter]:
    """A plain click opens a patch; a Shift-click adds a patch to the selection or removes it."""
    if not judging:
        return [alt.selection_point(name=SELECTION, fields=fields, empty=False)]
    return [
        alt.selection_point(
            name=SELECTION,
            fields=fields,
            empty=False,
            on="click[!event.shiftKey]",
            clear=False,
            toggle=False,
        ),
        alt.selection_point(
            name=SEVERAL,
            fields=[*fields, "turn"],
            empty=False,
            on="click[event.shiftKey]",
            clear=False,
            toggle=False,
        ),
    ]


def _marks() -> list[alt.Chart]:
    """A frame around what is selected, and each verdict as a letter on its shape."""
    frames = (
        alt.Chart(source("squares"))
        .transform_filter("datum.picked")
        .transform_calculate(
            left="datum.col + 0.03",
            right="datum.col + 0.97",
            top="datum.row + 0.03",
            bottom="datum.row + 0.97",
        )
        .mark_rect(filled=False, stroke=INK, strokeWidth=5, strokeDash=[7, 4])
        .encode(
            x=alt.X("left:Q", axis=None), y=alt.Y("top:Q", axis=None), x2="right:Q", y2="bottom:Q"
        )
    )
    at = (
        alt.Chart(source("squares"))
        .transform_filter("datum.mark != ''")
        .transform_calculate(right="datum.col + 0.83", top="datum.row + 0.18")
        .encode(x=alt.X("right:Q", axis=None), y=alt.Y("top:Q", axis=None))
    )
    shapes = at.mark_point(filled=True, opacity=1, size=420, color=INK, stroke="white").encode(
        shape=alt.Shape("shape:N", scale=None, legend=None)
    )
    letters = at.mark_text(fontSize=12, fontWeight="bold", color="white", baseline="middle")
    return [frames, shapes, letters.encode(text="mark:N")]
