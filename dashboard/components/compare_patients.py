"""What B fixed and broke in each patient; a row opens the patient."""

import pandas as pd
import streamlit as st

from dashboard import thread
from dashboard.components import figure

MOST = 300
"""Rows sent to the browser; the download has all."""


def show(table: pd.DataFrame) -> None:
    """Draw a `compare.patient_table`; a row opens the Patients page."""
    some = table.head(MOST)

    def opened() -> None:
        rows = st.session_state["compare_patients"]["selection"]["rows"]
        if rows:
            thread.change(patient=str(some["patient"].iloc[rows[0]]))
            st.session_state["open_patients"] = True

    number = st.column_config.NumberColumn
    st.dataframe(
        some,
        key="compare_patients",
        hide_index=True,
        height=min(338, 38 + 35 * len(some)),
        on_select=opened,
        selection_mode="single-row",
        column_config={
            "patient": st.column_config.TextColumn("Patient", pinned=True),
            "patches": number("Patches", format="localized"),
            "wrong_a": number("A wrong", help="Missed IDC and false alarms of A"),
            "wrong_b": number("B wrong", help="Missed IDC and false alarms of B"),
            "fixed_idc": number("Fixed IDC", help="A missed it, B finds it"),
            "fixed_no_idc": number("Fixed alarms", help="A raised a false alarm, B does not"),
            "broken_idc": number("Broken IDC", help="A found it, B misses it"),
            "broken_no_idc": number("New alarms", help="A left it alone, B raises an alarm"),
            "net": number("B − A", format="%+d", help="Wrong calls of B less those of A"),
        },
    )  # fmt: skip
    worse, better = int((table["net"] > 0).sum()), int((table["net"] < 0).sum())
    st.html(
        f'<div class="idc-caption">{len(table):,} patients, most harmed by B first'
        + f" ({MOST} shown, all in the download)" * (len(table) > MOST)
        + f": B is wrong more often in {worse:,}, less often in {better:,}, as often in "
        f"{len(table) - worse - better:,}. Tick a row to open its slide.</div>"
    )
    figure.download(table, key="compare_patients")
