"""One patient's slide, put back together, with what was labelled and called laid over it."""

import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts import slide_map
from dashboard.components import figure
from idc_core.store import PatchStore


def show(rows: pd.DataFrame, threshold: float, store: PatchStore | None, *, whole: bool) -> None:
    """Draw the slide of one patient's predictions; clicking a square chooses the patch."""
    patient = str(rows["patient"].iloc[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        overlay = st.segmented_control(
            "Laid over the tissue", slide_map.OVERLAYS, default="outcome", key="overlay",
            required=True,
        )  # fmt: skip
        opacity = st.slider("Opacity", 0.1, 1.0, 0.6, 0.05, key="opacity", width=180)
    tissue = loaders.tissue(store, patient) if store is not None else None
    chosen = thread.current()
    key = f"slide_{overlay}"

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get(slide_map.SELECTION) or []
        if picked:
            thread.change(patch=thread.patch_name(int(picked[0]["x"]), int(picked[0]["y"])))

    kind = "whole slide" if whole else "a sample of the slide: most squares have no neighbour here"
    figure.altair(
        slide_map.slide_chart(
            slide_map.squares(rows, threshold),
            overlay=str(overlay), opacity=opacity, tissue=tissue, picked=chosen.place,
        ),
        key=key,
        alt_text=f"Map of {len(rows)} patches of one patient, coloured by {overlay}",
        caption=f"{len(rows):,} patches, {kind}. White: nothing was exported there – missing, "
        "not negative." + ("" if store else " The pixels are not on this machine."),
        table=rows.drop(columns="split"),
        on_select=clicked,
        selection=slide_map.SELECTION,
    )  # fmt: skip
