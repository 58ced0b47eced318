"""A gallery of patches, paged, each a click away from its place on the slide."""

import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts import gallery
from dashboard.components import figure, mount
from idc_core.store import PatchStore

A_PAGE = 4 * gallery.COLUMNS


def show(rows: pd.DataFrame, store: PatchStore | None, *, key: str, to_patients: bool) -> None:
    """Draw the page of `rows` (with `outcome`) that is asked for; a click chooses the patch.

    `to_patients`: a click also opens the Patients page.
    """
    pages = max(1, -(-len(rows) // A_PAGE))
    page = 1 if pages == 1 else int(st.pagination(pages, key=f"{key}_page_{pages}") or 1)
    some = rows.iloc[(page - 1) * A_PAGE : page * A_PAGE]
    table = gallery.placed(some[["patient", "x", "y", "score", "outcome"]])
    name = f"{key}_{page}"
    chart_key = mount.key(name, thread.current().patch)

    def clicked() -> None:
        picked = st.session_state[chart_key]["selection"].get(gallery.SELECTION) or []
        if picked:
            patch = thread.patch_name(int(picked[0]["x"]), int(picked[0]["y"]))
            mount.chosen_here(name, patch)
            _open(str(picked[0]["patient"]), patch, to_patients)

    sheet = _sheet(some, store)
    first = (page - 1) * A_PAGE + 1
    patients = rows["patient"].nunique()
    among = f" of {patients:,} patients" if patients > 1 else ""
    with st.container(key=f"box_{key}"):
        figure.altair(
            gallery.gallery_chart(table, sheet),
            key=chart_key,
            alt_text=f"{len(some)} patches as a grid; a click opens one",
            caption=f"{first:,}–{first + len(some) - 1:,} of {len(rows):,} patches{among}. "
            "Click a patch to see it in its slide."
            + " Pixels are not on this machine: squares show scores."
            * (sheet is None),
            table=rows,
            on_select=clicked,
            selection=gallery.SELECTION,
        )
    _keyboard(some, key, to_patients)


def go() -> None:
    """Open the Patients page if a click asked for it."""
    if st.session_state.pop("open_patients", False):
        st.switch_page("views/patients.py", query_params=thread.query())


def _open(patient: str, patch: str, to_patients: bool) -> None:
    thread.change(patient=patient, patch=patch)
    st.session_state["open_patients"] = to_patients


def _sheet(rows: pd.DataFrame, store: PatchStore | None) -> str | None:
    if store is None:
        return None
    keys = rows[["patient", "x", "y"]].astype({"patient": "object"})
    at = loaders.rows_of_store(store).reindex(pd.MultiIndex.from_frame(keys))
    if at.isna().any():
        return None
    return loaders.sheet(store, tuple(at.astype(int).tolist()), tuple(rows["outcome"]))


def _keyboard(rows: pd.DataFrame, key: str, to_patients: bool) -> None:
    """The same choice without a mouse."""
    names = [
        f"{patient} {thread.patch_name(x, y)}"
        for patient, x, y in zip(rows["patient"], rows["x"], rows["y"], strict=True)
    ]
    picker = f"{key}_pick"

    def chosen() -> None:
        name = st.session_state[picker]
        if name:
            patient, _, patch = name.rpartition(" ")
            _open(patient, patch, to_patients)
            st.session_state[picker] = None

    st.selectbox(
        "Open a patch by its name", names, index=None, key=picker, on_change=chosen,
        placeholder="or choose a patch by patient and place", width=320,
        label_visibility="collapsed",
    )  # fmt: skip
