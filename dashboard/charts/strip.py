"""A row of small fields of tissue; a click opens one."""

from functools import cache

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.montage import rgb, stripes
from dashboard.charts.template import Spec, filled, in_digits, outcome_scale, source, template, tip
from dashboard.charts.theme import COLOURS, LETTERS, NO_OUTCOME
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import short_digits
from idc_core.records.raster import Raster

SELECTION = "field"
MOST = 10
SIDE = 110
_HIGH = 1.22
"""Height of a field with its caption, in sides of a field."""
_STEP = f"min(width / {MOST}, height / {_HIGH})"
"""Side of a field in px: it stays square, however wide the page is."""

Image = npt.NDArray[np.uint8]


def sheet(fields: list[Image], outcomes: list[str]) -> Image:
    """Fields (150, 150, 3) side by side, RGBA; the centre patch framed in its outcome's colour,
    that of a false alarm striped."""
    strip = np.zeros((SIDE, MOST * SIDE, 4), np.uint8)
    third = SIDE // 3
    for at, (field, outcome) in enumerate(zip(fields, outcomes, strict=True)):
        small = cv2.resize(field, (SIDE - 8, SIDE - 8), interpolation=cv2.INTER_AREA)
        near, far = third - 4, 2 * third - 4
        cv2.rectangle(small, (near, near), (far, far), (255, 255, 255), 4)
        framed = cv2.rectangle(np.zeros(small.shape[:2], np.uint8), (near, near), (far, far), 1, 2)
        if outcome == "fp":
            framed[stripes(*framed.shape)] = 0
        small[framed == 1] = rgb(COLOURS[outcome])
        strip[4 : SIDE - 4, at * SIDE + 4 : (at + 1) * SIDE - 4, :3] = small
        strip[4 : SIDE - 4, at * SIDE + 4 : (at + 1) * SIDE - 4, 3] = 255
    return strip


def strip_chart(
    rows: pd.DataFrame, address: str | None, picked: tuple[int, int] | None, raster: Raster
) -> Spec:
    """The strip; clicking a field selects the `x` and `y` of its centre.

    `rows`: `x`, `y`, `score`, `outcome`, in order. Without an `address` (no pixels) each field
    shows its outcome's colour.
    """
    here = [picked == place for place in zip(rows["x"], rows["y"], strict=True)]
    table = pd.DataFrame(
        {
            "col": np.arange(len(rows)),
            "x": rows["x"],
            "y": rows["y"],
            "score": rows["score"],
            "what": rows["outcome"].map(words_of(raster)),
            "picked": np.where(here, 3.0, 0.0),
            "said": [
                f"{nth}  {_letters(outcome)}{short_digits(score)}"
                for nth, outcome, score in zip(
                    range(1, len(rows) + 1), rows["outcome"], rows["score"], strict=True
                )
            ],
        }
    )
    picture = pd.DataFrame([{"col": MOST / 2, "row": 0.5, "url": address or ""}])
    return filled(_strip(raster, pixels=address is not None), fields=table, picture=picture)


def _letters(outcome: str) -> str:
    """An outcome's letters before a score; nothing where there is no outcome."""
    return "" if outcome in NO_OUTCOME else f"{LETTERS[outcome]} "


@cache
def _strip(raster: Raster, *, pixels: bool) -> Spec:
    x = alt.X("col:Q", axis=None, scale=_scale(MOST))
    y = alt.Y("row:Q", axis=None, scale=_scale(_HIGH))
    chosen = alt.selection_point(name=SELECTION, fields=["x", "y"], empty=False)
    base = in_digits(alt.Chart(source("fields")), "score").transform_calculate(
        row="0", right="datum.col + 1", bottom="1", middle="datum.col + 0.5", foot="1.12"
    )
    boxes = (
        base.mark_rect(
            cursor="pointer", fillOpacity=0 if pixels else 0.35, stroke="#111111", cornerRadius=3
        )
        .encode(
            x=x,
            y=y,
            x2="right:Q",
            y2="bottom:Q",
            strokeWidth=alt.StrokeWidth("picked:Q", scale=None, legend=None),
            color=alt.Color("what:N", legend=None, scale=outcome_scale(raster, unknown=True)),
            tooltip=[alt.Tooltip("what:N", title="centre"), tip("score"), "x:Q", "y:Q"],
        )
        .add_params(chosen)
    )
    words = base.mark_text(fontSize=12).encode(
        x=alt.X("middle:Q", axis=None), y=alt.Y("foot:Q", axis=None), text="said:N"
    )
    if not pixels:
        return template(boxes + words, height=90)
    picture = (
        alt.Chart(source("picture"))
        .mark_image(aspect=False, width=alt.expr(f"{MOST} * {_STEP}"), height=alt.expr(_STEP))
        .encode(x=x, y=y, url="url:N")
    )
    return template(picture + boxes + words, height=90)


def _scale(fields: float) -> alt.Scale:
    return alt.Scale(domain=[0, fields], range=[0, alt.expr(f"{fields} * {_STEP}")], nice=False)
