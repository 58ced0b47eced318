"""What was lost with the files that were not taken, and what is unusual about those that were."""

import streamlit as st

from dashboard.charts.theme import plain
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.store_words import noted, second_copy
from idc_core.records.manifest import Loss, refuse_uncounted


def show(store: PatchStore) -> None:
    """A warning for the whole set and for a loss that was accepted, else plain sentences."""
    for sentence in noted(store):
        st.warning(plain(sentence))
    lost = store.manifest.left_out or Loss()
    if lost.accepted:
        st.warning(
            "**Made with --accept-loss, so figures are of what was taken.** It had been asked: "
            + plain(" ".join(lost.accepted))
        )
    refuse_uncounted(store.manifest, store.path)
    said = [*lost.sentences, *second_copy(store.manifest.rejected or {})]
    if said:
        st.caption(plain(" ".join(said)))
