"""The threshold that charts are sent for, which need not be the one in force.

Where the browser has painted a chart for the threshold that comes to rest, the server sends it as
it sent it before, to the byte, and the browser goes on painting it (`widgets/moving_charts.js`):
nothing is drawn a second time. Every other rerun sends it for the threshold in force.
"""

from collections.abc import Hashable

import streamlit as st

_KEY, _PAINTED = "drawn_at", "drawn_at_painted"


def painted() -> None:
    """The threshold that is answered next stands in the browser's charts already."""
    st.session_state[_PAINTED] = True


def enter(threshold: float, of: Hashable) -> None:
    """At the start of a rerun, once its threshold is known. `of`: what must be as before for charts
    to stay as they were sent; None where the browser cannot paint them."""
    is_painted = st.session_state.pop(_PAINTED, False)
    known = st.session_state.get(_KEY)
    if not is_painted or of is None or known is None or known[1] != of:
        st.session_state[_KEY] = (threshold, of)


def now(threshold: float) -> float:
    """The threshold that charts are sent for; where none is known, the `threshold` in force."""
    known: tuple[float, Hashable] | None = st.session_state.get(_KEY)
    return threshold if known is None else known[0]
