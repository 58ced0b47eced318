"""Keep what was scored as a run of its own."""

from collections.abc import Callable

import streamlit as st

from dashboard import thread
from dashboard.charts.theme import plain
from idc_core.refusal import Refusal
from idc_core.runs import Run


def show(suggested: str, keep: Callable[[str], Run], what: str, *, key: str) -> None:
    """A name and a button; the kept run is then the one in the bar."""
    with st.popover("Keep as a run", icon=":material/bookmark_add:", key=f"box_{key}"):
        name = st.text_input("Name", suggested, max_chars=64, key=f"name_{key}")
        st.caption(f"Writes {what}. It can be deleted like any folder.")
        if not st.button("Keep", key=f"keep_{key}", type="primary"):
            return
        try:
            run = keep(name)
        except Refusal as refused:
            st.warning(plain(str(refused)))
            return
        except OSError as broken:
            st.warning(f"It could not be written: {plain(broken.strerror or broken)}.")
            return
    thread.change(run=run.name)
    st.rerun()
