"""What stands above the list of patients: the next one to be reviewed, and which are listed."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many
from dashboard.state import choices, selection
from dashboard.views.patients import blinding
from dashboard.widgets import reader
from idc_core.io.digits import counted

STATUS = {"all": "all", "not_begun": "not started", "begun": "in progress", "done": "done"}
LEAST = {
    "0": "any number of errors",
    "1": "1 error or more",
    "5": "5 errors or more",
    "20": "20 errors or more",
    "100": "100 errors or more",
}


def next_unreviewed(waiting: pd.DataFrame, said: str) -> None:
    """The button that opens the first of the patients who wait; `said`: which one that is."""
    st.button(
        "Next unreviewed",
        key="next_unreviewed",
        type="primary",
        shortcut="U",
        icon=":material/play_arrow:",
        on_click=selection.change,
        kwargs={"patient": str(waiting["patient"].iloc[0])},
        help=said,
    )


def next_of_errors(table: pd.DataFrame) -> None:
    """How much of a `worklist` is reviewed, and the button that opens the next patient."""
    waiting = table[table["open"] > 0]
    errors, judged = int((table["open"] + table["judged"]).sum()), int(table["judged"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if waiting.empty:
            st.markdown("All errors are reviewed." if errors else "No errors at this threshold.")
            return
        next_unreviewed(waiting, "Opens the patient with the most unreviewed errors.")
        st.markdown(
            f"**{many(judged)} of {many(errors)}** errors reviewed; **{many(len(waiting))}** of "
            f"{counted(len(table), 'patient')} have unreviewed errors.",
        )


def filtered(table: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters of a `worklist`; the rows that they leave."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status = choices.segmented("Review", "status", STATUS, label_visibility="collapsed")
        whole = st.toggle(
            "Whole slides only",
            key="whole_only",
            bind="query-params",
            disabled=not table["tissue"].eq("whole").any(),
        )
        least = choices.selectbox(
            "Minimum number of errors",
            "least_errors",
            LEAST,
            width=170,
            label_visibility="collapsed",
        )
        reader.field()
        blinding.control()
    errors = table["open"] + table["judged"]
    kept = errors >= int(least)
    if whole:
        kept &= table["tissue"] == "whole"
    if status == "not_begun":
        kept &= (table["judged"] == 0) & (table["open"] > 0)
    elif status == "begun":
        kept &= (table["judged"] > 0) & (table["open"] > 0)
    elif status == "done":
        kept &= table["open"] == 0
    return table[kept]
