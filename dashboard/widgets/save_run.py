"""Keep what was scored as a run of its own."""

from collections.abc import Callable

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.widgets import reader
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


def show(suggested: str, keep: Callable[[str, str], Run], what: str, *, key: str) -> None:
    """A name and a button; the kept run is then the one in the bar. `keep` gets the run's name and
    the reader's."""
    with st.popover("Keep as a run", icon=":material/bookmark_add:", key=f"box_{key}"):
        st.caption("Who keeps it")
        reader.field()
        name = st.text_input("Name of the run", suggested, max_chars=64, key=f"name_{key}")
        st.caption(f"Writes {what}. `python train_cli.py delete` moves it to the trash.")
        if not st.button("Keep", key=f"keep_{key}", type="primary"):
            return
        if not reader.name():
            st.warning("Expected who keeps it: the field for your name is empty. Write it first.")
            return
        try:
            run = keep(name, reader.name())
        except Refusal as refused:
            st.warning(plain(str(refused)))
            return
        except OSError as broken:
            st.warning(f"It could not be written: {plain(broken.strerror or broken)}.")
            return
    selection.change(run=run.name)
    st.rerun()
