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
    """Draw a link to a view, with the same in its address; `look`: as `st.page_link` takes it.

    To a view of the page that is drawn now it is a button: the browser's address does not follow a
    page link to the same page, so that a copied link would open the tab that was left.
    """
    to, said = pages.view(key), query(key, others)
    if to.page is not current().page:
        st.page_link(to.file, label=label, query_params=said, **look)
    elif st.button(
        label, key=f"link_{key}_{label}", type="tertiary", on_click=_move, args=(to, said), **look
    ):
        st.rerun()  # the button may stand in a part that is redrawn alone


def _move(to: pages.View, said: dict[str, str]) -> None:
    """One change of the address, so that one press of Back takes it back."""
    address = st.query_params.to_dict() | said
    if to.page.tabs and to.tab is to.page.tabs[0]:
        del address[pages.TAB]
    st.query_params.from_dict(address)
    if to.page.tabs:
        choices.move(pages.TAB, to.tab_key, to.page.tab_words)


def query(key: str, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the address of a view says."""
    return selection.query() | pages.view(key).query | dict(others or {})
