"""One patient's slide, put back together, with what was labelled and called laid over it."""

import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts import slide_map
from dashboard.components import figure, mount
from idc_core.store import PatchStore

_OUTLINE = " The line is the threshold: inside it patches are called IDC."


def show(
    rows: pd.DataFrame, threshold: float, store: PatchStore | None, *, whole: bool | None,
    place: tuple[int, int] | None,
) -> None:  # fmt: skip
    """Draw the slide of one patient's predictions; clicking a square chooses the patch.

    `whole`: None where it is not known. `place`: the square to outline.
    """
    patient = str(rows["patient"].iloc[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        overlay = st.segmented_control(
            "Laid over the tissue", slide_map.OVERLAYS, default="outcome", key="overlay",
            required=True,
        )  # fmt: skip
        opacity = st.slider("Opacity", 0.1, 1.0, 0.6, 0.05, key="opacity", width=180)
    tissue = loaders.tissue(store, patient) if store is not None else None
    name = f"slide_{patient}"
    key = mount.key(name, thread.current().patch)

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get(slide_map.SELECTION) or []
        if picked:
            patch = thread.patch_name(int(picked[0]["x"]), int(picked[0]["y"]))
            mount.chosen_here(name, patch)
            thread.change(patch=patch)

    with st.container(key="slide"):
        figure.altair(
            slide_map.slide_chart(
                slide_map.squares(rows, threshold),
                overlay=str(overlay), opacity=opacity, tissue=tissue, picked=place,
                places=_places(store, patient) if tissue else None,
            ),
            key=key,
            alt_text=f"Map of {len(rows)} patches of one patient, coloured by {overlay}",
            caption=f"{len(rows):,} patches{_KIND[whole]}. Where nothing is drawn no patch was "
            "exported: missing, not negative." + _OUTLINE * (overlay == "score")
            + " The pixels are not on this machine." * (tissue is None),
            table=rows.drop(columns="split"),
            on_select=clicked,
            selection=slide_map.SELECTION,
        )  # fmt: skip


_KIND = {
    True: ", the whole slide",
    False: ", a sample of the slide: most squares have no neighbour here",
    None: "",
}


def _places(store: PatchStore | None, patient: str) -> pd.DataFrame | None:
    if store is None:
        return None
    return loaders.rows_of_store(store).loc[patient].index.to_frame()
