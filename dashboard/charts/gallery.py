"""Patches in a grid that can be clicked: one picture under transparent squares."""

import base64
from functools import cache

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.template import Spec, filled, outcome_scale, source, template
from dashboard.charts.theme import LETTERS, WORDS

SELECTION = "patch"
COLUMNS = 12
SIDE = 96


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


def gallery_chart(table: pd.DataFrame, sheet: str | None) -> Spec:
    """Draw `placed` patches; clicking one selects its `patient`, `x` and `y`.

    Without a `sheet` (no pixels on this machine) a square shows its outcome's colour and letters.
    """
    rows = int(table["row"].max()) + 1
    named = table.assign(
        what=table["outcome"].map(WORDS),
        said=table["outcome"].map(LETTERS) + " " + table["score"].map("{:.2f}".format),
    )
    picture = pd.DataFrame([{"col": COLUMNS / 2, "row": rows / 2, "url": sheet or ""}])
    return filled(_gallery(rows, pixels=sheet is not None), squares=named, picture=picture)


@cache
def _gallery(rows: int, *, pixels: bool) -> Spec:
    x = alt.X("col:Q", axis=None, scale=alt.Scale(domain=[0, COLUMNS], nice=False))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[rows, 0], nice=False))
    chosen = alt.selection_point(name=SELECTION, fields=["patient", "x", "y"], empty=False)
    squares = (
        alt.Chart(source("squares"))
        .transform_calculate(right="datum.col + 1", bottom="datum.row + 1")
        .mark_rect(cursor="pointer", fillOpacity=0 if pixels else 0.35, stroke="transparent")
        .encode(
            x=x, y=y, x2="right:Q", y2="bottom:Q",
            color=alt.Color("what:N", legend=None, scale=outcome_scale()),
            tooltip=[
                alt.Tooltip("what:N", title="outcome"),
                alt.Tooltip("score:Q", format=".3f"),
                "patient:N", "x:Q", "y:Q",
            ],
        )
        .add_params(chosen)
    )  # fmt: skip
    if not pixels:
        said = (
            alt.Chart(source("squares"))
            .transform_calculate(middle="datum.col + 0.5", centre="datum.row + 0.5")
            .mark_text(fontSize=12)
            .encode(x=alt.X("middle:Q", axis=None), y=alt.Y("centre:Q", axis=None), text="said:N")
        )
        return template(squares + said, height=rows * 48)
    picture = (
        alt.Chart(source("picture"))
        .mark_image(aspect=False, width=alt.expr("width"), height=alt.expr("height"))
        .encode(x=x, y=y, url="url:N")
    )
    return template(picture + squares, height=rows * SIDE)
