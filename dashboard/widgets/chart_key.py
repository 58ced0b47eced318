"""A chart forgets a click when the choice is changed elsewhere.

A chart reports a click only if it changes its selection. After "next" the last clicked square is
still selected in the chart, and a click on it would do nothing. So a chart whose choice was changed
by something else gets a new key, which makes it a new chart without a selection.
"""

import streamlit as st


def key(name: str, choice: str | None) -> str:
    """The key of the chart `name` while `choice` is the choice."""
    known = st.session_state.setdefault(f"{name}_known", choice)
    if choice != known:
        st.session_state[f"{name}_known"] = choice
        st.session_state[f"{name}_mounts"] = st.session_state.get(f"{name}_mounts", 0) + 1
    return f"{name}_{st.session_state.get(f'{name}_mounts', 0)}"


def chosen_here(name: str, choice: str | None) -> None:
    """The choice comes from a click on the chart itself: it need not be mounted anew."""
    st.session_state[f"{name}_known"] = choice
