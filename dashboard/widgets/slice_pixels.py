"""Measuring brightness and stain of the pixels, once per run, for subgroups."""

import streamlit as st

from dashboard.access import gate
from dashboard.cache import slices, stores
from dashboard.charts.theme import many
from dashboard.widgets import empty, permitted
from idc_core.data.stores.store import PatchStore
from idc_core.runs.data import bringing, making
from idc_core.runs.run import Run

AT_ONCE = 40_000
"""Up to this many patches (some seconds) are measured without asking."""


def measure_if_few(run: Run) -> None:
    """Measure a small store at once; offer a button for a large one."""
    store = slices.needs_measuring(run)
    if store is None:
        return
    if len(store.index) <= AT_ONCE:
        _measure(run, store)
        return
    patches = many(len(store.index))
    if permitted.button(
        f"Measure brightness, stain and white of {patches} patches",
        "compute",
        key="measure_pixels",
        icon=":material/palette:",
        help="About 5 s per 100,000 patches, once. Leaving the page stops it.",
    ):
        _measure(run, store)
        st.rerun()


def missing(run: Run) -> None:
    """Say which attributes are missing, why, and the command that brings them."""
    names = ", ".join(slices.NEEDS_PIXELS).lower()
    if slices.measured(run) is not None:
        return
    store = stores.store_of(run)
    if store is None:
        empty.show(
            f"Not shown: {names}, and size of the patch. The patches of this run are not on this "
            f"machine. Prepare them: python train_cli.py {bringing(run)}."
        )
    elif not store.has_pixels:
        empty.show(
            f"Not shown: {names}. The pixels of {store.name} are not on this machine. "
            f"Prepare them again: python train_cli.py {making(store.name)}."
        )
    else:
        st.caption(f"Not shown until the pixels are measured (button above): {names}.")


def _measure(run: Run, store: PatchStore) -> None:
    bar = st.progress(0.0, "Measuring brightness and stain …")

    # Streamlit ends the script at the next of these when the page is left.
    def said(done: int, total: int) -> None:
        bar.progress(done / total, f"Measuring brightness and stain: {many(done)} of {many(total)}")

    with gate.doing("see" if len(store.index) <= AT_ONCE else "compute", run=run.name):
        slices.measure(run, store, said)
    bar.empty()
