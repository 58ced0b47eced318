"""What stands at the head of every page: its name, its question, its terms, its tabs."""

from html import escape

import streamlit as st

from dashboard import pages
from dashboard.cache import runs
from dashboard.state import choices, selection, view
from dashboard.widgets import glossary
from idc_core.io.refusal import Refusal
from idc_core.runs.data import is_synthetic

SYNTHETIC = "Synthetic tissue"
_WHY = "The pictures of this run were made by a program: no patient's tissue."


def show(question: str = "") -> None:
    """Draw the head of the view that the address names; `question`: in place of its own."""
    now, raster = view.current(), runs.raster(selection.current().run)
    with st.container(horizontal=True, vertical_alignment="center", key="page_head"):
        st.title(now.page.title)
        glossary.show(now.terms, raster)
    synthetic = now.page not in pages.OF_THE_SERVER and _synthetic()
    said = f'<span class="idc-synthetic" title="{_WHY}">{SYNTHETIC}</span>' if synthetic else ""
    st.html(f'<div class="idc-question">{escape(raster.say(question or now.question))}{said}</div>')
    if now.page.tabs:
        choices.segmented(
            f"Views of {now.page.title}",
            pages.TAB,
            now.page.tab_words,
            label_visibility="collapsed",
        )


def _synthetic() -> bool:
    """Whether the selected run's pictures were made by a program."""
    name = selection.current().run
    try:
        return name is not None and is_synthetic(runs.run(name))
    except Refusal:  # the page itself says what is wrong with the run
        return False
