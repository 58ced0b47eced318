"""A popover whose content is made when it is opened, so that no other answer carries it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def popover(
    label: str,
    key: str,
    *,
    keeps: Iterable[str],
    icon: str | None = None,
    disabled: bool = False,
    help: str | None = None,
) -> Iterator[bool]:
    """Draw the button; yields whether it is open, and so whether to draw what is inside.

    `keeps`: keys of the fields inside. What was typed there stays when it is closed. With another
    label, help or state it is another popover, and closed.
    """
    drawn = st.popover(label, key=key, on_change="rerun", icon=icon, disabled=disabled, help=help)
    drawn_before = f"{key}_drawn"
    # The browser shows what is set in the rerun that draws a field anew, else an empty one.
    if not (drawn.open and st.session_state.get(drawn_before)):
        _keep(keeps)
    st.session_state[drawn_before] = drawn.open
    with drawn:
        yield bool(drawn.open)


def left_out(key: str, keys: Iterable[str]) -> None:
    """Where the popover `key` is not drawn at all: its fields show what they held once it is."""
    st.session_state[f"{key}_drawn"] = False
    _keep(keys)


def _keep(keys: Iterable[str]) -> None:
    """Keep what fields hold that are not drawn now: Streamlit drops it then, but never what was
    set."""
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
