"""The slides of a patient who has several: which one is looked at, and what is on the others."""

import pandas as pd
import streamlit as st

from dashboard.cache import slides
from dashboard.charts.theme import many
from dashboard.state import selection
from dashboard.views.patients import slide_strip
from dashboard.views.patients.slide_strip import Shown
from idc_core.data.known_labels import is_known
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster


def show(
    table: pd.DataFrame,
    store: PatchStore | None,
    threshold: float,
    raster: Raster,
    *,
    blind: bool,
) -> pd.DataFrame:
    """Draw the choice where there is one; the rows of the slide that is looked at.

    `table`: the patient's rows with `outcome`. `blind`: nothing is said of errors or predictions.
    """
    if SLIDE not in table or table[SLIDE].nunique() < 2:
        return table
    shown = [
        Shown(
            str(name),
            f"{many(len(own))} patches{'' if blind else _found(own, threshold, raster)}",
            slides.picture_of(store, str(name)),
        )
        for name, own in table.groupby(SLIDE, observed=True, sort=True)
    ]
    named = f"{len(shown)} slides of this patient"
    st.caption(named)
    slide_strip.show(
        shown, selection.current().slide, named, lambda name: selection.change(slide=name)
    )
    return selection.on_slide(table)


def _found(own: pd.DataFrame, threshold: float, raster: Raster) -> str:
    """How many errors a slide has; without labels, how many patches are predicted positive."""
    if not is_known(own["label"]).any():
        called = int((own["score"] >= threshold).sum())
        return f", {many(called)} {raster.predicted(True)}"
    errors = int(own["outcome"].isin(["fn", "fp"]).sum())
    return f", {many(errors)} error" + "s" * (errors != 1)
