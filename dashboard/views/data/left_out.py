"""What was lost with the files that were not taken, and what is unusual about those that were."""

import streamlit as st

from dashboard.cache import checked
from dashboard.charts.theme import plain
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.store_words import noted, second_copy


def show(store: PatchStore) -> None:
    """A warning for the whole set and for a loss that was accepted, else plain sentences."""
    for sentence in noted(store):
        st.warning(plain(sentence))
    if questions := _said(store, "accepted"):
        st.warning(
            "**Made with --accept-loss, so figures are of what was taken.** It had been asked: "
            + plain(" ".join(questions))
        )
    said = [*_said(store, "sentences"), *second_copy(checked.manifest(store)["rejected"])]
    if said:
        st.caption(plain(" ".join(said)))


def _said(store: PatchStore, kind: str) -> list[str]:
    """Sentences of the judge of loss; stores that were made before have none."""
    lost = store.manifest.get("left_out")
    said = lost.get(kind) if isinstance(lost, dict) else None
    return [str(each) for each in said] if isinstance(said, list) else []
