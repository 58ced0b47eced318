"""Save what was scored as a run of its own."""

from collections.abc import Callable

import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.widgets import permitted, reader
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


def show(suggested: str, save: Callable[[str, str], Run], what: str, *, key: str) -> None:
    """Draw a name and a button; the saved run is then selected.

    `save` gets the names of the run and of the reader.
    """
    with st.popover("Save as a run", icon=":material/bookmark_add:", key=f"saving_{key}"):
        st.caption("Saved by")
        reader.field()
        name = st.text_input("Name of the run", suggested, max_chars=64, key=f"name_{key}")
        st.caption(f"Writes {what}. `python train_cli.py delete` moves it to the trash.")
        if not permitted.button("Save", "save_run", key=f"keep_{key}", type="primary"):
            return
        if not reader.name():
            st.warning("Expected your name: the field “Reader name” is empty. Fill it in first.")
            return
        try:
            with gate.doing("save_run", run=name):
                run = save(name, reader.name())
        except Refusal as refused:
            st.warning(plain(str(refused)))
            return
        except OSError as broken:
            st.warning(f"The run could not be saved: {plain(broken.strerror or broken)}.")
            return
    selection.change(run=run.name)
    st.rerun()
