"""Several patches of a slide selected together, for one verdict on all of them."""

import pandas as pd
import streamlit as st

from dashboard.state import selection
from dashboard.widgets import verdict_panel
from idc_core.records.raster import USUAL
from idc_core.runs.run import Run

Place = tuple[int, int]
_KEY = "area"
QUEUE = "queue"
_KINDS = {"fn": "FN", "fp": "FP", "tp": "TP", "tn": "TN", "unlabelled": "without a label"}


def add(corners: list[int]) -> None:
    """Select the patches under a rectangle: left, top, right, bottom in pixels of the slide."""
    st.session_state[_KEY] = (_whose(), corners)


def show(run: Run, table: pd.DataFrame, asked: pd.DataFrame, threshold: float) -> None:
    """Draw the verdict keys for what is selected.

    `table`: all rows of the patient. `asked`: those in the queue, which one button selects.
    """
    rows = picked(table, asked, run.info.raster.patch_px)
    if rows.empty:
        st.button(
            f"Select all {len(asked):,} in the list",
            key="area_all",
            type="tertiary",
            icon=":material/select_all:",
            on_click=_all,
            disabled=asked.empty,
            help="Or hold Shift and drag over the slide.",
        )
        return
    counts = rows["outcome"].value_counts()
    said = ", ".join(
        f"{counts[kind]:,} {words}" for kind, words in _KINDS.items() if kind in counts
    )
    with st.container(border=True, key="area_box"):
        st.markdown(f"**{len(rows):,} patches selected** ({said}). One verdict for all of them:")
        verdict_panel.bulk(run, rows, threshold, key="area")
        st.button("Clear selection", key="area_none", type="tertiary", on_click=_none)


def picked(table: pd.DataFrame, asked: pd.DataFrame, side: int = USUAL.patch_px) -> pd.DataFrame:
    """What is selected of this slide: the patches of `side` pixels under the rectangle, or the
    whole queue."""
    whose, corners = st.session_state.get(_KEY, (None, None))
    if corners is None or whose != _whose():
        return table.iloc[:0]
    if corners == QUEUE:
        return asked
    left, top, right, bottom = corners
    x, y = table["x"] - 1, table["y"] - 1
    under: pd.Series[bool] = (x < right) & (x + side > left) & (y < bottom) & (y + side > top)
    return table.loc[under]


def places(rows: pd.DataFrame) -> list[Place]:
    """Where they lie."""
    return [(int(x), int(y)) for x, y in zip(rows["x"], rows["y"], strict=True)]


def _whose() -> tuple[str | None, str | None]:
    now = selection.current()
    return now.patient, now.slide


def _all() -> None:
    st.session_state[_KEY] = (_whose(), QUEUE)


def _none() -> None:
    st.session_state.pop(_KEY, None)
