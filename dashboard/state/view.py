"""Which page and which of its tabs is drawn now."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import pages
from dashboard.state import choices, selection

_KEY = "view"


def enter(page: pages.Page) -> pages.View:
    """At the start of every rerun: the view that the address names."""
    tab = choices.now(pages.TAB, page.tab_words) if page.tabs else ""
    entered = pages.opened(page, tab)
    st.session_state[_KEY] = entered.key
    return entered


def current() -> pages.View:
    """The view that is drawn now."""
    return pages.view(st.session_state.get(_KEY, pages.PAGES[0].key))


def go(key: str, others: Mapping[str, str] | None = None) -> None:
    """Open a view (`pages.View.key`) with the selection and with what else its address shall say.

    What follows this in a script is not reached.
    """
    to = pages.view(key)
    st.switch_page(to.file, query_params=query(key, others))


def link(key: str, label: str, others: Mapping[str, str] | None = None, **look: Any) -> None:
    """Draw a link to a view, with the same in its address; `look`: as `st.page_link` takes it."""
    to = pages.view(key)
    st.page_link(to.file, label=label, query_params=query(key, others), **look)


def query(key: str, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the address of a view says."""
    return selection.query() | pages.view(key).query | dict(others or {})
