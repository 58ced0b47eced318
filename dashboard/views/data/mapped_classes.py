"""Which classes of the outlines count as the positive one, where there were more than two."""

import streamlit as st

from dashboard.charts.theme import plain
from idc_core.data.stores.store import PatchStore
from idc_core.records.manifest import Manifest

MOST = 12


def show(store: PatchStore) -> None:
    """Draw the sentence; nothing where two classes, or none, were mapped."""
    said = sentence(store.manifest)
    if said:
        st.caption(plain(said))


def sentence(manifest: Manifest) -> str:
    """The positive class against the rest, in a sentence; empty of two classes and fewer."""
    positive, negative = (
        [name for name, role in manifest.outlined.items() if role == asked]
        for asked in ("positive", "negative")
    )
    if len(positive) + len(negative) <= 2:
        return ""
    names = manifest.raster
    verb = "counts" if len(positive) == 1 else "count"
    rest = f" ({_listed(negative)})" if negative else ""
    return (
        f"Of the classes of the outlines, {_listed(positive) or 'none'} {verb} as "
        f"{names.positive}; all other mapped classes{rest} are the rest, {names.negative}."
    )


def _listed(names: list[str]) -> str:
    named = [f"“{name}”" for name in sorted(names)[:MOST]]
    return ", ".join(named) + f" and {len(names) - MOST:,} more" * (len(names) > MOST)
