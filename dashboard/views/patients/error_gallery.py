"""Errors as a gallery: which, in which order, at the border or inside; several for one verdict."""

import pandas as pd
import streamlit as st

from dashboard.charts.gallery import Mark
from dashboard.views.patients import blinding, cache
from dashboard.widgets import gallery_choice, patch_gallery, queue, verdict_panel
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

SHAPES = {"unsure": "diamond", "artefact": "square", "not_assessable": "square"}
"""For verdicts that decide nothing; those that decide are round."""


def marks(standing: pd.DataFrame) -> dict[gallery_choice.Patch, Mark]:
    """The newest verdict on each patch as a letter on a shape."""
    verdicts = zip(gallery_choice.patches(standing), standing["verdict"], strict=True)
    return {
        patch: (verdict_panel.BADGES[verdict], SHAPES.get(verdict, "circle"))
        for patch, verdict in verdicts
    }


def show(
    rows: pd.DataFrame,
    store: PatchStore | None,
    standing: pd.DataFrame,
    raster: Raster,
    *,
    key: str,
) -> pd.DataFrame:
    """Draw `rows` (of `queue.described` or `cache.described`, in their order) with the
    verdicts that stand; the selected rows are returned. Nothing in a blinded review.
    """
    if blinding.is_blind():
        return rows.iloc[:0]
    if rows.empty:
        st.caption("None at this threshold.")
        return rows
    here = standing[standing["patient"].isin(rows["patient"].unique())]
    return patch_gallery.show(rows, store, raster, key=key, to_patients=False, marks=marks(here))


def of_split(
    run: Run, split: str, threshold: float, store: PatchStore | None, standing: pd.DataFrame
) -> None:
    """The errors of all patients of a split, collapsed until asked for.

    A click opens the patient; one verdict can be given to several patients' patches.
    """
    if blinding.is_blind():
        return
    key = "split_errors"
    fold = st.expander(
        "Errors of all patients, one by one",
        key=f"{key}_fold",
        on_change="rerun",
        bind="query-params",
    )
    if not fold.open:
        return
    with fold:
        table = cache.described(run, split, threshold)
        asked = queue.choose(table, threshold, run.info.raster)
        queue.kinds(table)
        chosen = show(asked, store, standing, run.info.raster, key=key)
        bulk(run, chosen, threshold, key=key)
        verdict_panel.status(run)


def bulk(run: Run, chosen: pd.DataFrame, threshold: float, *, key: str) -> None:
    """The keys of one verdict for all that is selected in the gallery `key`."""
    if chosen.empty:
        return
    with st.container(border=True, key=f"{key}_bulk"):
        st.markdown("**Selected patches.** One verdict for all of them, and one undo:")
        verdict_panel.bulk(run, chosen, threshold, key=f"{key}_bulk")
        st.button(
            "Clear selection",
            key=f"{key}_let_go",
            type="tertiary",
            on_click=gallery_choice.choose,
            args=(key, ()),
        )
