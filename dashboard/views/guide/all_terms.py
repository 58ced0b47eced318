"""The whole glossary."""

import streamlit as st

from dashboard.cache import runs
from dashboard.state import selection
from dashboard.widgets import glossary
from idc_core.facts.glossary import TERMS, listed, said_of


def show() -> None:
    """Draw every term, as the selected run calls the classes; the sources of figures are in
    docs/numbers.md."""
    raster = runs.raster(selection.current().run)
    terms = listed(said_of(term, raster) for term in TERMS.values())
    st.html(glossary.definitions(terms))
