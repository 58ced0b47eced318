"""The areas one by one; a row opens the area on its slide."""

import pandas as pd
import streamlit as st

from dashboard.state import selection, view
from dashboard.widgets import figure, row_table
from idc_core.data.places import place_of
from idc_core.evaluate.spatial.regions import Regions
from idc_core.records.raster import Raster

MOST = 500


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
    """Draw the table; selecting a row opens its patient and patch."""
    table = table_of(found)

    key = row_table.key("regions_table", table[place_of(table)].itertuples(index=False, name=None))

    def opened() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            selection.change(**selection.to(table.iloc[rows[0]]))
            st.session_state["open_regions"] = True

    number = st.column_config.NumberColumn
    st.dataframe(
        table.head(MOST),
        key=key,
        hide_index=True,
        on_select=opened,
        selection_mode="single-row",
        height=min(420, 38 + 35 * max(1, len(table))),
        column_config={
            "what": "Outcome",
            "patient": "Patient",
            "slide": "Slide",
            "squares": number("Patches"),
            "called": number(raster.say("Predicted IDC")),
            "score": number("Highest score", format="%.7g"),
            "x": number("x", format="%d"),
            "y": number("y", format="%d"),
        },
    )
    st.caption(
        f"{len(table):,} areas, missed ones first. Select a row to open it on its slide: a missed "
        "area at the patch with the highest score."
    )
    figure.download(table, key="regions")


def go() -> None:
    """Open the Patients page if a row asked for it."""
    if st.session_state.pop("open_regions", False):
        view.go("patients")
