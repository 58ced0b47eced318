"""Unblinded review of a patient: slide, patch, verdict, gallery."""

import pandas as pd
import streamlit as st

from dashboard.cache import stores
from dashboard.views.patients import (
    blinding,
    error_gallery,
    export_patient,
    regions,
    selected_patches,
    slide_view,
    suspicious_strip,
)
from dashboard.widgets import patch_panel, queue, verdict_panel
from idc_core.data.places import slide_of
from idc_core.data.stores.store import PatchStore
from idc_core.reviews.ground import EXCLUDED
from idc_core.runs.run import Run

Place = tuple[int, int]


def show(
    run: Run,
    table: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    standing: pd.DataFrame,
    *,
    whole: bool,
    burden: bool,
) -> None:
    """Draw the review of one patient; `table`: rows of `queue.described`. `whole`: its tissue is,
    `burden`: so is what has a label, of which a share can be given."""
    patient = str(table["patient"].iloc[0])
    asked = queue.asked(table, threshold)
    line = queue.places(asked)
    answers = blinding.answers(standing, patient)
    judged = {place for place, said in answers.items() if set(said) & {"open", "revealed"}}
    place = queue.first(line, judged, (run.name, str(table["split"].iloc[0]), *_whose(table)))
    drawn = regions.on(run, table, threshold)
    table = table.assign(**{EXCLUDED: drawn.excluded})
    reviewable = table[table[EXCLUDED] == ""]
    fields = suspicious_strip.choose(reviewable, threshold, run.info.raster.stride_px)
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        slide_view.show(
            run,
            table,
            threshold,
            store,
            whole=whole,
            place=place,
            strip=suspicious_strip.places(fields),
            judged=verdict_panel.badges(standing, patient),
            chosen=selected_patches.places(
                selected_patches.picked(table, asked, run.info.raster.patch_px)
            ),
            on_area=selected_patches.add,
            drawn=drawn,
        )
        regions.below(drawn, store)
        below = st.container()
    with right:
        _panel(run, table, threshold, store, place, line, judged)
        regions.say_of(drawn, place)
    with below:
        selected_patches.show(run, table, asked, threshold)
        left_out = len(table) - len(reviewable)
        suspicious_strip.show(fields, store, place, run.info.raster, excluded=left_out)
        export_patient.show(
            table,
            threshold,
            store,
            standing,
            whole=burden,
            raster=run.info.raster,
            cut_of=lambda: stores.cut_slides(run).get(_whose(table)[1]),
        )
    st.header("Patch by patch", anchor=False)
    queue.kinds(table)
    chosen = error_gallery.show(asked, store, standing, run.info.raster, key="errors")
    error_gallery.bulk(run, chosen, threshold, key="errors")


def _whose(table: pd.DataFrame) -> tuple[str, str]:
    """The patient and slide that the rows are of."""
    return str(table["patient"].iloc[0]), str(slide_of(table).iloc[0])


def _panel(
    run: Run,
    table: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    place: Place | None,
    line: list[Place],
    judged: set[Place],
) -> None:
    """The patch, its verdict keys, its figures."""
    patch, raster = queue.row(table, place), run.info.raster
    if patch is None or place is None:
        queue.controls(table, threshold, raster)
        st.caption("This patient has no such patch at this threshold. Click a patch on the slide.")
        return
    patient = str(patch["patient"])
    verdict_panel.show(
        run,
        patch,
        threshold,
        patch_panel.look_of(patient, place, line, store, queue.left_out(patch, raster)),
        stage="open",
        following=queue.after(line, place, judged),
    )
    queue.controls(table, threshold, raster)
    patch_panel.size(store)
    patch_panel.figures(patch, threshold, raster)
    patch_panel.neighbours(table, place, raster.stride_px)
    patch_panel.links(place)
    verdict_panel.said_of(run, patient, place)
