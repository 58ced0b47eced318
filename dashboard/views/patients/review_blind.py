"""Blinded review of a patient: tissue and patch, the verdict, then the answer, patch by patch."""

import pandas as pd
import streamlit as st

from dashboard.state import selection
from dashboard.views.patients import blinded_fields, blinding, slide_view
from dashboard.widgets import patch_panel, queue, reader, verdict_panel
from idc_core.data.places import slide_of
from idc_core.data.stores.store import PatchStore
from idc_core.runs.run import Run


def show(
    run: Run,
    table: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    standing: pd.DataFrame,
) -> None:
    """Draw the review of one patient; prediction and label of an unjudged patch are not shown."""
    patient = str(table["patient"].iloc[0])
    answers = blinding.answers(standing, patient)
    name = reader.name()
    line = blinded_fields.line(run, table, name)
    read = {place for place, said in answers.items() if "blind" in said}
    whose = (run.name, str(table["split"].iloc[0]), patient, str(slide_of(table).iloc[0]))
    place = queue.first(line, read, (*whose, "blind", name))
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        slide_view.blind(table, store, run.info.raster, read=read, place=place)
        blinded_fields.control(table, line, read, run.info.raster)
    patch = queue.row(table, place)
    if patch is None or place is None:
        return
    said = answers.get(place, {})
    with right:
        view = patch_panel.look_of(patient, place, line, store, "")
        if "blind" in said:
            verdict_panel.show(
                run,
                patch,
                threshold,
                view,
                stage="revealed",
                kept=said["blind"],
                following=queue.after(line, place, read),
                said=blinding.revealed(patch, said["blind"], threshold, run.info.raster),
            )
            patch_panel.size(store)
            patch_panel.figures(patch, threshold, run.info.raster)
            patch_panel.neighbours(table, place, run.info.raster.stride_px)
            patch_panel.links(place)
        else:
            # It stays on screen, to be revealed.
            here = selection.patch_name(*place)
            verdict_panel.show(run, patch, threshold, view, stage="blind", following=here)
            patch_panel.size(store)
        verdict_panel.said_of(run, patient, place, before="blind" not in said)
