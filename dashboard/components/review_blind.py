"""A patient read blind: tissue and patch, then the answer, patch by patch."""

import pandas as pd
import streamlit as st

from dashboard import thread
from dashboard.components import patch_panel, queue, reading, slide_view, verdict_panel
from idc_core.runs import Run
from idc_core.store import PatchStore


def show(
    run: Run, table: pd.DataFrame, threshold: float, store: PatchStore | None,
    standing: pd.DataFrame,
) -> None:  # fmt: skip
    """Draw the reading of one patient; nothing of an unread patch's answer or label is shown."""
    patient = str(table["patient"].iloc[0])
    answers = reading.answers(standing, patient)
    line = reading.order(run, table)
    read = {place for place, said in answers.items() if "blind" in said}
    place = queue.first(line, read)
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        slide_view.blind(table, store, read=read, place=place)
    patch = queue.row(table, place)
    if patch is None or place is None:
        return
    said = answers.get(place, {})
    with right:
        patch_panel.steps(line, place, queue.step(line, place, -1), queue.step(line, place, 1))
        patch_panel.picture(patient, place, store)
        if "blind" in said:
            reading.reveal(patch, said["blind"])
            verdict_panel.show(
                run, patch, threshold, stage="revealed", kept=said["blind"],
                following=queue.after(line, place, read),
            )  # fmt: skip
            patch_panel.figures(patch, threshold)
            patch_panel.neighbours(table, place)
            patch_panel.links(place)
        else:
            # It stays, to be revealed.
            here = thread.patch_name(*place)
            verdict_panel.show(run, patch, threshold, stage="blind", following=here)
        verdict_panel.said_of(run, patient, place, before="blind" not in said)
