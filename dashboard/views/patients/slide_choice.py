"""The slides of a patient who has several: which one is looked at, and what is on the others."""

import pandas as pd
import streamlit as st

from dashboard.cache import slides
from dashboard.charts.theme import many
from dashboard.state import selection
from dashboard.views.patients import slide_strip
from dashboard.views.patients.slide_strip import Shown
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore


def show(table: pd.DataFrame, store: PatchStore | None, *, blind: bool) -> pd.DataFrame:
    """Draw the choice where there is one; the rows of the slide that is looked at.

    `table`: the patient's rows with `outcome`. `blind`: nothing is said of errors.
    """
    if SLIDE not in table or table[SLIDE].nunique() < 2:
        return table
    shown = [
        Shown(str(name), _said(own, blind=blind), slides.picture_of(store, str(name)))
        for name, own in table.groupby(SLIDE, observed=True, sort=True)
    ]
    named = f"{len(shown)} slides of this patient"
    st.caption(named)
    slide_strip.show(
        shown, selection.current().slide, named, lambda name: selection.change(slide=name)
    )
    return selection.on_slide(table)


def _said(own: pd.DataFrame, *, blind: bool) -> str:
    """How many patches a slide has, and how many errors unless they are hidden."""
    said = f"{many(len(own))} patches"
    if not blind:
        errors = int(own["outcome"].isin(["fn", "fp"]).sum())
        said += f", {many(errors)} error" + "s" * (errors != 1)
    return said
