"""Charts of tracked patches: proportion correct by epoch, and patches with their score curves."""

from typing import Any

import altair as alt
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.charts.theme import ACCENT, COLOURS, INK, Drawn, finished
from idc_core.data.stores.store import Patches
from idc_core.train.tracked_patches import COURSES

FATE_COLOURS = {
    "always right": COLOURS["tn"],
    "learned": COLOURS["tp"],
    "forgotten": COLOURS["fp"],
    "never learned": COLOURS["fn"],
}
COLUMNS, SIDE, FOOT, FRAME, GAP = 4, 100, 40, 4, 8


def fates_over_epochs(
    patches: pd.DataFrame,
    scores: npt.NDArray[Any],
    thresholds: npt.NDArray[np.float64],
    epochs: npt.NDArray[np.int64],
) -> Drawn:
    """The proportion of each group of patches that was correctly classified in each epoch."""
    labels = patches["label"].to_numpy()
    right = (scores >= thresholds[:, None]) == (labels == 1)
    fates = patches["fate"].to_numpy()
    rows = [
        {
            "epoch": int(epoch),
            "fate": kind,
            "right": float(right[at, fates == kind].mean()),
            "patches": int((fates == kind).sum()),
        }
        for kind in COURSES
        if (fates == kind).any()
        for at, epoch in enumerate(epochs)
    ]
    colour = alt.Color(
        "fate:N",
        sort=list(COURSES),
        scale=alt.Scale(domain=list(COURSES), range=[FATE_COLOURS[kind] for kind in COURSES]),
    )
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1)),
        y=alt.Y(
            "right:Q",
            title="correctly classified",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(domain=[0, 1]),
        ),
        color=colour,
        strokeDash=alt.StrokeDash("fate:N", sort=list(COURSES), legend=None),
        tooltip=["fate", "epoch", alt.Tooltip("right:Q", format=".1%"), "patches"],
    )
    return finished(base.mark_line(strokeWidth=2.5) + base.mark_point(size=12), height=300)


def sheet(
    patches: Patches,
    lines: npt.NDArray[np.float64],
    thresholds: npt.NDArray[np.float64],
    labels: "pd.Series[int]",
    *,
    ink: str = INK,
    paper: str = "#FFFFFF",
) -> Patches:
    """Patches (n, h, w, 3) in rows of `COLUMNS`, each above the curve of its scores (epochs, n) in
    the colour `ink` on `paper`."""
    cells = [
        _cell(patch, lines[:, at], thresholds, int(label), ink, paper)
        for at, (patch, label) in enumerate(zip(patches, labels, strict=True))
    ]
    high, wide = cells[0].shape[:2]
    rows = -(-len(cells) // COLUMNS)
    # gaps are clear, so that the page shows through, dark or light
    out = np.zeros((rows * (high + GAP), COLUMNS * (wide + GAP), 4), np.uint8)
    for at, cell in enumerate(cells):
        top, left = at // COLUMNS * (high + GAP), at % COLUMNS * (wide + GAP)
        out[top : top + high, left : left + wide, :3] = cell
        out[top : top + high, left : left + wide, 3] = 255
    return out


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _cell(
    patch: Patches,
    line: npt.NDArray[np.float64],
    thresholds: npt.NDArray[np.float64],
    label: int,
    ink: str,
    paper: str,
) -> Patches:
    frame = _rgb(ACCENT if label == 1 else COLOURS["tn"])
    cell = np.full((SIDE + FOOT + 2 * FRAME, SIDE + 2 * FRAME, 3), _rgb(paper), np.uint8)
    cell[: SIDE + 2 * FRAME] = frame
    large = cv2.resize(np.asarray(patch), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    cell[FRAME : FRAME + SIDE, FRAME : FRAME + SIDE] = large
    top, count = SIDE + 2 * FRAME + 3, len(line)

    def points(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        x = np.linspace(FRAME, FRAME + SIDE - 1, max(count, 2))[:count]
        y = top + (1 - np.clip(values, 0, 1)) * (FOOT - 8)
        return np.rint(np.stack([x, y], axis=1)).astype(np.int32)

    cv2.polylines(cell, [points(thresholds)], False, _rgb("#9AA5B1"), 1, cv2.LINE_AA)
    cv2.polylines(cell, [points(line)], False, _rgb(ink), 1, cv2.LINE_AA)
    return cell
