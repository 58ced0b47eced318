"""The areas one by one; a row opens the area on its slide."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.state import selection, view
from dashboard.state.list_place import Place
from dashboard.widgets import figure, paged_list, paged_table
from dashboard.widgets.paged_table import Column, Write
from idc_core.data.places import place_of
from idc_core.evaluate.spatial.regions import Regions
from idc_core.records.raster import Raster


def table_of(found: Regions) -> pd.DataFrame:
    """Missed areas first, the largest on top; then false alarms, then areas that were found."""
    hit = found.labelled["hit"].astype(bool)
    parts = [
        found.labelled[~hit].assign(what="missed", order=0),
        found.false_alarms.assign(what="false alarm", called=lambda rows: rows["squares"], order=1),
        found.labelled[hit].assign(what="found", order=2),
    ]
    table = pd.concat(parts, ignore_index=True)
    table["patient"] = table["patient"].astype(str)
    table = table.sort_values(["order", "squares", "score"], ascending=[True, False, False])
    whose, place = place_of(table)[:-2], ["x", "y"]
    columns = ["what", *whose, "squares", "called", "score", *place]
    return table[columns].reset_index(drop=True)


def show(found: Regions, raster: Raster) -> None:
    """Draw the table; pressing a row opens its patient and patch."""
    table = table_of(found)
    named = [" ".join(selection.to(row).values()) for row in table.to_dict("records")]
    place = dict(zip(named, range(len(table)), strict=True))
    # The list's own order, as a column that can be sorted by.
    listed = table.assign(area=named, order=np.arange(len(table)))
    columns = _columns(raster)
    highest: dict[str, Write] = {"score": "{:.7g}".format}
    paged_list.show(
        listed,
        paged_list.PagedList(
            key="regions_table",
            named="Tumour areas",
            columns=columns,
            usual=Place("order", descending=False),
            every=len(table),
            write=lambda rows: (paged_table.cells(rows, columns, highest), None),
            name="area",
            searched="Find a patient or slide",
            chosen=lambda name: selection.to(table.iloc[place[name]]) if name in place else {},
        ),
    )
    st.caption(
        f"{len(table):,} areas, missed ones first. Click a row to open it on its slide: a missed "
        "area at the patch with the highest score."
    )
    figure.download(table, key="regions", label=f"CSV of all {len(table):,} rows")


def _columns(raster: Raster) -> list[Column]:
    return [
        Column(key="area", title="Area", kind="name", width=220, ascending=True),
        Column(key="what", title="Outcome", kind="text", width=110, ascending=True),
        Column(key="squares", title="Patches"),
        Column(key="called", title=raster.say("Predicted IDC"), width=110),
        Column(key="score", title="Highest score", width=110),
    ]


def go() -> None:
    """Open the Patients page if a row asked for it."""
    if st.session_state.pop("open_patients", False):
        view.go("patients")
