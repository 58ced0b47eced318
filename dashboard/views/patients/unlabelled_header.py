"""A patient without labels in a sentence, with the buttons to the others and to the next slide of
which a field waits."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.patients import patient_header
from idc_core.facts.predicted import in_words
from idc_core.records.raster import Raster

QUESTION = "What does the model predict here, and what do readers say of it?"


Slide = tuple[str, str | None]
"""Patient, and slide where slides have names."""


def show(
    patients: pd.DataFrame,
    rows: pd.DataFrame,
    threshold: float,
    raster: Raster,
    waiting: Sequence[Slide],
) -> None:
    """`patients` and `waiting`: of `unlabelled_worklist`; `rows`: the patient's."""
    patient = str(rows["patient"].iloc[0])
    names = patients["patient"].tolist()
    patient_header.steps(patient, names)
    own = patients.iloc[names.index(patient)]
    said = plain(in_words(len(rows), int((rows["score"] >= threshold).sum()), raster))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{said} {progress(int(own['judged']), int(own['fields']))}", width="content")
        _next(names, waiting)


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


def _next(names: list[str], waiting: Sequence[Slide]) -> None:
    """The button to the next slide of the list, from here on, of which a field waits."""
    now = selection.current()
    found = following(names, waiting, (str(now.patient), now.slide))
    if found is None:
        return
    patient, slide = found
    st.button(
        "Next unreviewed slide",
        key="next_unreviewed_slide",
        type="tertiary",
        shortcut="U",
        icon=":material/play_arrow:",
        on_click=selection.change,
        kwargs={"patient": patient, "slide": slide},
    )


def following(names: list[str], waiting: Sequence[Slide], here: Slide) -> Slide | None:
    """The slide that waits after the one that is looked at, all round; None where no other does.

    >>> following(["B", "A"], [("B", "1"), ("B", "2"), ("A", "1")], ("B", "1"))
    ('B', '2')
    >>> following(["B", "A"], [("B", "1")], ("A", "1"))
    ('B', '1')
    """

    def place(each: Slide) -> tuple[int, str]:
        return names.index(each[0]), each[1] or ""

    others = sorted((each for each in waiting if each != here), key=place)
    later = [each for each in others if place(each) > place(here)]
    return next(iter([*later, *others]), None)
