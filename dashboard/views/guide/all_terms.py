"""The whole glossary."""

import streamlit as st

from dashboard.widgets import glossary
from idc_core.facts.glossary import TERMS, listed


def show() -> None:
    """Draw every term; the sources of figures are in docs/numbers.md."""
    st.html(glossary.definitions(listed(TERMS.values())))
