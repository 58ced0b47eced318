"""The reader's name: beside every verdict, kept in this browser and never in an address.

Where people sign in it is theirs and cannot be typed."""

from pathlib import Path

import streamlit as st

from dashboard.access import gate
from dashboard.widgets.script import script, style
from idc_core.reviews import LONGEST_NAME

_HERE = Path(__file__).parent
_NAME = "reviewer"

_FIELD = st.components.v2.component(
    "idc_reader",
    html='<div class="reader"></div>',
    css=style(_HERE / "reader.css"),
    js=script(_HERE / "reader.js"),
)


def name() -> str:
    """The reader's name; empty until it is entered."""
    return gate.signed_name() or str(st.session_state.get(_NAME, "")).strip()


def field() -> None:
    """The field for the reader's name, once a page."""
    _show("reader_field", is_field=True)


def recall() -> None:
    """Ask the browser for the name on a page without the field; nothing is drawn."""
    with st.container(key="reader_recall"):
        _show("reader_known", is_field=False)


def _show(key: str, *, is_field: bool) -> None:
    def said() -> None:
        told = st.session_state[key].get("name")
        if isinstance(told, dict) and isinstance(told.get("name"), str):
            st.session_state[_NAME] = told["name"].strip()[:LONGEST_NAME]

    _FIELD(
        key=key,
        data={
            "name": name(),
            "field": is_field,
            "longest": LONGEST_NAME,
            "signed": bool(gate.signed_name()),
        },
        on_name_change=said,
        width=175 if is_field else "content",
        height="content",
    )
