"""What stands at the head of every page: its name, its question, its tabs."""

from html import escape

import streamlit as st

from dashboard import pages
from dashboard.state import choices, view


def show() -> None:
    """Draw the head of the view that the address names."""
    now = view.current()
    st.title(now.page.title)
    st.html(f'<div class="idc-question">{escape(now.question)}</div>')
    if now.page.tabs:
        choices.segmented(
            f"Views of {now.page.title}",
            pages.TAB,
            now.page.tab_words,
            label_visibility="collapsed",
        )
