"""A patient without labels in a sentence, with the buttons to the others and to the next of whom a
field waits."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.patients import patient_header
from idc_core.facts.predicted import in_words
from idc_core.records.raster import Raster

QUESTION = "What does the model predict here, and what do readers say of it?"


def show(patients: pd.DataFrame, rows: pd.DataFrame, threshold: float, raster: Raster) -> None:
    """`patients`: a `unlabelled_worklist.table`; `rows`: the patient's."""
    patient = str(rows["patient"].iloc[0])
    names = patients["patient"].tolist()
    patient_header.steps(patient, names)
    own = patients.iloc[names.index(patient)]
    said = plain(in_words(len(rows), int((rows["score"] >= threshold).sum()), raster))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{said} {progress(int(own['judged']), int(own['fields']))}", width="content")
        _next(patients, patient)


def progress(judged: int, fields: int) -> str:
    """How far the review of a patient's fields is, as Markdown.

    >>> progress(3, 10), progress(10, 10), progress(0, 0)
    ('**3 of 10** fields reviewed.', 'All 10 fields reviewed.', '')
    """
    if not fields:
        return ""
    if judged == fields:
        return f"All {many(fields)} fields reviewed."
    return f"**{many(judged)} of {many(fields)}** fields reviewed."


def _next(patients: pd.DataFrame, patient: str) -> None:
    """The button to the next patient of the list, from here on, of whom a field waits."""
    at = patients["patient"].tolist().index(patient)
    following = pd.concat([patients.iloc[at + 1 :], patients.iloc[:at]])
    waiting = following[following["open"] > 0]
    if waiting.empty:
        return
    st.button(
        "Next unreviewed patient",
        key="next_unreviewed_patient",
        type="tertiary",
        shortcut="U",
        icon=":material/play_arrow:",
        on_click=selection.change,
        kwargs={"patient": str(waiting["patient"].iloc[0])},
    )
