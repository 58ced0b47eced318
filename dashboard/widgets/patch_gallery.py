"""A gallery of patches, paged, each a click away from its place on the slide."""

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cache import sheets, stores
from dashboard.charts import gallery
from dashboard.state import selection, view
from dashboard.widgets import chart_key, figure, gallery_choice, hover_fields
from idc_core.data.places import place_of
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster

A_PAGE = 4 * gallery.COLUMNS


def show(
    rows: pd.DataFrame,
    store: PatchStore | None,
    raster: Raster,
    *,
    key: str,
    to_patients: bool,
    marks: Mapping[gallery_choice.Patch, gallery.Mark] | None = None,
) -> pd.DataFrame:
    """Draw one page of `rows` (with `outcome`); a click opens the patch.

    `to_patients`: a click also opens the Patients page. `marks`: the letter and shape of the
    verdict on each patch that has one. Where they are given, Shift-clicks select several patches,
    also across pages; those rows are returned.
    """
    pages = max(1, -(-len(rows) // A_PAGE))
    page = 1 if pages == 1 else int(st.pagination(pages, key=f"{key}_page_{pages}") or 1)
    some = rows.iloc[(page - 1) * A_PAGE : page * A_PAGE]
    judging = marks is not None
    table = gallery.placed(some[[*place_of(some), "score", "outcome"]])
    around = hover_fields.of(some, store)
    if around is not None:
        table[gallery.AROUND] = around
    if marks is not None:
        table = _marked(table, marks, key)
    name = f"{key}_{page}"
    drawn = chart_key.key(name, selection.current().patch)

    sheet = _sheet(some, store)
    first = (page - 1) * A_PAGE + 1
    patients = rows["patient"].nunique()
    among = f" of {patients:,} patients" if patients > 1 else ""
    with st.container(key=f"box_{key}"):
        figure.altair(
            gallery.gallery_chart(table, sheet, raster, judging=judging),
            key=drawn,
            alt_text=f"{len(some)} patches as a grid; a click opens one",
            caption=f"{first:,}–{first + len(some) - 1:,} of {len(rows):,} patches{among}. "
            "Click a patch to see it on its slide."
            + hover_fields.said(around)
            + " Shift-click to select several for one verdict." * judging
            + " The pixels are not on this machine: squares show scores." * (sheet is None),
            table=rows,
            on_select=partial(_clicked, key, name, drawn, to_patients),
            selection=[gallery.SELECTION, gallery.SEVERAL] if judging else gallery.SELECTION,
        )
    names = [_named(row) for row in some.to_dict("records")]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _keyboard(some, names, key, to_patients)
        if judging:
            gallery_choice.control(some, names, key)
    return gallery_choice.rows_of(rows, key)


def go() -> None:
    """Open the Patients page if a click asked for it."""
    if st.session_state.pop("open_patients", False):
        view.go("patients")


def _named(row: Mapping[Hashable, Any]) -> str:
    return " ".join(selection.to(row).values())


def _open(parts: Mapping[str, str], to_patients: bool) -> None:
    selection.change(**parts)
    st.session_state["open_patients"] = to_patients


def _sheet(rows: pd.DataFrame, store: PatchStore | None) -> str | None:
    if store is None:
        return None
    at = stores.places_in(store, rows)
    if at.isna().any():
        return None
    return sheets.sheet(store, tuple(at.astype(int).tolist()), tuple(rows["outcome"]))


def _clicked(key: str, name: str, drawn: str, to_patients: bool) -> None:
    """What the chart reports: with Shift a patch to add or remove, else the one to open."""
    clicked = st.session_state[drawn]["selection"]
    if gallery_choice.toggled(key, clicked.get(gallery.SEVERAL) or []):
        return
    for picked in (clicked.get(gallery.SELECTION) or [])[:1]:
        parts = selection.to(picked)
        chart_key.chosen_here(name, parts["patch"])
        _open(parts, to_patients)


def _marked(
    table: pd.DataFrame, marks: Mapping[gallery_choice.Patch, gallery.Mark], key: str
) -> pd.DataFrame:
    """With each patch's verdict, and whether it is selected."""
    here, chosen = gallery_choice.patches(table), gallery_choice.chosen(key)
    verdicts = [marks.get(patch, gallery.NO_MARK) for patch in here]
    return table.assign(
        mark=[letter for letter, _ in verdicts],
        shape=[shape for _, shape in verdicts],
        picked=[patch in chosen for patch in here],
        turn=gallery_choice.turn(key),
    )


def _keyboard(rows: pd.DataFrame, names: list[str], key: str, to_patients: bool) -> None:
    """The same choice without a mouse."""
    picker = f"{key}_pick"

    def chosen() -> None:
        name = st.session_state[picker]
        if name:
            _open(selection.to(rows.iloc[names.index(name)]), to_patients)
            st.session_state[picker] = None

    st.selectbox(
        "Open a patch by its name",
        names,
        index=None,
        key=picker,
        on_change=chosen,
        placeholder="or open a patch by its name",
        width=320,
        label_visibility="collapsed",
    )
