"""Which slide of a scored run is looked at: those with most that is predicted positive first."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, digits
from dashboard.state import page_state
from idc_core.data.places import SLIDE
from idc_core.records.raster import Raster

_KEY = "scored_slide"


def slides_of(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """One row per slide: `patient`, `slide` ("" where slides have no names), `squares`, and the
    `share` predicted positive; the largest share first."""
    named = rows.assign(
        slide=rows[SLIDE].astype(str) if SLIDE in rows else "", called=rows["score"] >= threshold
    )
    grouped = named.groupby(["patient", "slide"], observed=True, sort=True)["called"]
    table = grouped.agg(squares="size", share="mean").reset_index()
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def show(rows: pd.DataFrame, threshold: float, raster: Raster) -> tuple[str, str | None]:
    """Draw the choice where there is one; patient and slide, None where slides have no names."""
    table = slides_of(rows, threshold)
    words = {
        f"{patient}/{slide}": _said(patient, slide, squares, share, raster)
        for patient, slide, squares, share in table.itertuples(index=False)
    }
    chosen = page_state.one_of(_KEY, list(words), next(iter(words)))
    if len(words) > 1:
        chosen = _box(words, chosen, threshold)
    row = table.iloc[list(words).index(chosen)]
    return str(row["patient"]), str(row["slide"]) or None


def is_of(rows: pd.DataFrame, patient: str, slide: str | None) -> "np.ndarray":
    """Which rows lie on the slide, (n,)."""
    own = (rows["patient"].astype(str) == patient).to_numpy()
    return own if slide is None else own & (rows[SLIDE].astype(str) == slide).to_numpy()


def _box(words: Mapping[str, str], chosen: str, threshold: float) -> str:
    names = list(words)
    picked = st.selectbox(
        f"{counted(len(words), 'slide')}, most predicted positive at {digits(threshold)} first",
        names,
        index=names.index(chosen),
        format_func=words.__getitem__,
        key="scored_slide_box",
    )
    page_state.remember(_KEY, picked)
    page_state.remember("square", None if picked != chosen else st.query_params.get("square"))
    return picked


def _said(patient: str, slide: str, squares: int, share: float, raster: Raster) -> str:
    name = f"{patient} · {slide}" if slide else patient
    called = raster.predicted(True)
    return f"{name} ({counted(squares, 'square')}, {100 * share:.1f} % {called})"
