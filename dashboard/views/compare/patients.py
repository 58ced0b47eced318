"""What B fixed and broke in each patient; a row opens the patient."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.compare.notes import Basis
from dashboard.widgets import figure, row_table
from idc_core.records.raster import Raster

_ORDER = [
    "patient",
    "net",
    "broken_idc",
    "broken_no_idc",
    "fixed_idc",
    "fixed_no_idc",
    "wrong_a",
    "wrong_b",
    "patches",
]
_LARGE_SHARE = 0.25

MOST = 300
"""Rows sent to the browser; the download has all."""


def show(table: pd.DataFrame, basis: Basis, raster: Raster) -> None:
    """Draw a `compare.patient_table`; a click on a row opens the patient."""
    some = table[_ORDER].head(MOST)

    key = row_table.key("compare_patients", some["patient"])

    def opened() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            selection.change(patient=str(some["patient"].iloc[rows[0]]))
            st.session_state["open_patients"] = True

    number, missed = st.column_config.NumberColumn, raster.say("Missed IDC", plain)
    st.dataframe(
        some,
        key=key,
        hide_index=True,
        height=min(338, 38 + 35 * len(some)),
        on_select=opened,
        selection_mode="single-row",
        column_config={
            "patient": st.column_config.TextColumn("Patient", pinned=True),
            "net": number("B − A", format="%+d", help="Errors of B minus errors of A"),
            "broken_idc": number(f"{raster.positive} broken", help="Found by A, missed by B"),
            "broken_no_idc": number(
                "New false alarms", help="True negative with A, false alarm with B"
            ),
            "fixed_idc": number(f"{raster.positive} fixed", help="Missed by A, found by B"),
            "fixed_no_idc": number(
                "False alarms fixed", help="False alarm with A, true negative with B"
            ),
            "wrong_a": number("A wrong", help=f"{missed} and false alarms of A"),
            "wrong_b": number("B wrong", help=f"{missed} and false alarms of B"),
            "patches": number("Patches", format="localized"),
        },
    )
    st.html(f'<div class="idc-caption">{escape(in_words(table))}</div>')
    figure.download(basis.on(table), key="compare_patients", of=basis.count)


def in_words(table: pd.DataFrame) -> str:
    """In how many patients B is worse, and whether one patient dominates."""
    worse, better = int((table["net"] > 0).sum()), int((table["net"] < 0).sum())
    said = f"{many(len(table))} patients, those worsened most by B first"
    said += f" ({MOST} shown, all in the download)" * (len(table) > MOST)
    said += (
        f": B makes more errors in {many(worse)}, fewer in {many(better)}, as many in "
        f"{many(len(table) - worse - better)}."
    )
    broken = table["broken_idc"] + table["broken_no_idc"]
    first = int(broken.to_numpy().argmax()) if len(table) else 0
    if len(table) > 1 and broken.iloc[first] > _LARGE_SHARE * broken.sum():
        said += (
            f" Patient {table['patient'].iloc[first]} alone has "
            f"{many(int(broken.iloc[first]))} of the {many(int(broken.sum()))} broken patches."
        )
    return f"{said} Tick a row to open its slide."
