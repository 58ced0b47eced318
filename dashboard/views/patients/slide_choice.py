"""The slides of a patient who has several: which one is looked at, and what is on the others."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from idc_core.data.places import SLIDE

_KEY = "slide_choice"


def show(table: pd.DataFrame, *, blind: bool) -> pd.DataFrame:
    """Draw the choice where there is one; the rows of the slide that is looked at.

    `table`: the patient's rows with `outcome`. `blind`: nothing is said of errors.
    """
    if SLIDE not in table or table[SLIDE].nunique() < 2:
        return table
    words = {
        str(name): _words(str(name), own, blind=blind)
        for name, own in table.groupby(SLIDE, observed=True, sort=True)
    }
    st.session_state[_KEY] = selection.current().slide

    def chosen() -> None:
        if st.session_state[_KEY]:
            selection.change(slide=st.session_state[_KEY])

    st.segmented_control(
        f"{len(words)} slides of this patient",
        list(words),
        key=_KEY,
        on_change=chosen,
        required=True,
        format_func=words.__getitem__,
    )
    return selection.on_slide(table)


def _words(name: str, own: pd.DataFrame, *, blind: bool) -> str:
    """A slide's name with its patches, and its errors unless they are hidden."""
    said = f"{many(len(own))} patches"
    if not blind:
        errors = int(own["outcome"].isin(["fn", "fp"]).sum())
        said += f", {many(errors)} error" + "s" * (errors != 1)
    return f"{plain(name)} ({said})"
