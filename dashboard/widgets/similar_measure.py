"""Computing the embedding of every patch, once per run."""

import streamlit as st

from dashboard.access import gate
from dashboard.cache import similar, stores
from dashboard.charts.theme import many
from dashboard.widgets import empty, permitted
from idc_core.data.stores.store import PatchStore
from idc_core.runs.data import bringing
from idc_core.runs.run import Run

AT_ONCE = 6000
"""Up to this many patches (some seconds) are computed without asking."""


def ready(run: Run) -> tuple[PatchStore, similar.Known] | None:
    """The store and its embeddings; None, with the reason on the page, if there are none."""
    store = stores.pixels_of(run)
    if not run.has_network:
        empty.show(
            "Similarity is measured by a network, and this run has none: it was imported. Train "
            "one: python train_cli.py train --data NAME --run RUN."
        )
        return None
    if store is None:
        empty.show(
            "The pixels of this run's patches are not on this machine. "
            f"Bring them: python train_cli.py {bringing(run)}."
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
            f"The embeddings of all **{many(count)}** patches are computed once, in about "
            f"{max(1, count // 90_000)} minutes. Leaving the page stops it."
        )
        label = f"Compute embeddings for {many(count)} patches"
        if not permitted.button(label, "compute", key="measure_embedding", icon=":material/hub:"):
            return False
    bar = st.progress(0.0, "Computing embeddings …")

    # Streamlit ends the script at the next of these when the page is left.
    def said(done: int, total: int) -> None:
        if done % 320 < 16 or done == total:
            bar.progress(done / total, f"Embeddings of {many(done)} of {many(total)} patches")

    with gate.doing("see" if count <= AT_ONCE else "compute", run=run.name):
        similar.measure(run, store, said)
    bar.empty()
    return True
