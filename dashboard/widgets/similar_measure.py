"""Asking the network about every patch, once a run; and what is missing without it."""

import streamlit as st

from dashboard.cache import similar, stores
from dashboard.charts.theme import many
from dashboard.widgets import empty
from idc_core.data.stores.store import PatchStore
from idc_core.runs.run import Run

AT_ONCE = 6000
"""Up to as many patches (some seconds) are measured without being asked."""


def ready(run: Run) -> tuple[PatchStore, similar.Known] | None:
    """The store and what is known of its patches; draws what is missing and gives None."""
    store = stores.pixels_of(run)
    if not run.has_network:
        empty.show(
            "Only a network can say what looks alike, and this run has none: it was imported. "
            "Train one: python train_cli.py train --data NAME --run RUN."
        )
        return None
    if store is None:
        name = run.info.data_name or "NAME"
        command = "demo" if name == "demo" else f"prepare SOURCE --name {name}"
        empty.show(
            "The pixels of this run's patches are not on this machine. "
            f"Bring them: python train_cli.py {command}."
        )
        return None
    known = similar.known(run, store)
    if known is None and not _measured(run, store):
        return None
    known = known or similar.known(run, store)
    return None if known is None else (store, known)


def _measured(run: Run, store: PatchStore) -> bool:
    count = len(store.index)
    if count > AT_ONCE:
        st.markdown(
            f"The network has to look at all **{many(count)}** patches once; that takes about "
            f"{max(1, count // 90_000)} minutes, and leaving the page stops it."
        )
        if not st.button("Look at them", key="measure_embedding", icon=":material/hub:"):
            return False
    bar = st.progress(0.0, "The network looks at every patch, once …")

    # Streamlit ends the script at the next of these when the page is left.
    def said(done: int, total: int) -> None:
        if done % 320 < 16 or done == total:
            bar.progress(done / total, f"Looked at {many(done)} of {many(total)} patches")

    similar.measure(run, store, said)
    bar.empty()
    return True
