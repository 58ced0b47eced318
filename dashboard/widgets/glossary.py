"""What the terms of a page mean, one click away."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from dashboard.state import view
from idc_core.facts.glossary import TERMS, Term, said_of
from idc_core.records.raster import Raster


def show(keys: Iterable[str], raster: Raster) -> None:
    """A button that opens the terms, said with the names of the classes; nothing where a page has
    none."""
    terms = [said_of(TERMS[key], raster) for key in keys]
    if not terms:
        return
    with st.popover("Terms on this page", type="tertiary", icon=":material/dictionary:"):
        with st.container(horizontal=True):
            about = {"about": view.current().page.key}
            view.link("guide/pages", "How to use this page", about, width="content")
            view.link("guide/glossary", "All terms", width="content")
        st.html(definitions(terms))


def definitions(terms: Iterable[Term]) -> str:
    """Terms and their meanings as a list of definitions, in HTML."""
    return f'<dl class="idc-terms">{"".join(map(_entry, terms))}</dl>'


def _entry(term: Term) -> str:
    beside = " · ".join(escape(each) for each in (term.standard, term.formula) if each)
    small = f"<small>{beside}</small>" if beside else ""
    return f"<dt>{escape(term.title)}</dt><dd>{escape(term.meaning)}{small}</dd>"
