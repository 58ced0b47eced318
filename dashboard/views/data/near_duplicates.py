"""Patches that show the same tissue though their bytes differ."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.data import cache
from dashboard.widgets import export, figure
from idc_core.data.known_labels import in_words
from idc_core.data.patches import PATCH_PX
from idc_core.data.stores.store import PatchStore

AT_ONCE = 40_000
SHOWN = 8
LIMITS = (
    "Found are copies that were re-coded, made brighter, mirrored, turned by quarters or moved by "
    "a pixel; not those turned by other angles, moved further or scaled. Plain tissue, which all "
    "looks alike, is left out."
)


def show(store: PatchStore) -> None:
    """Counts, the pairs that matter most, all of them to take along."""
    st.subheader("Is the same tissue there twice?", anchor=False)
    if not store.has_pixels:
        st.caption("The pixels of this data set are not on this machine.")
        return
    found = cache.known_duplicates(store)
    if found is None and not _may_look(store):
        return
    if found is None:
        bar = st.progress(0.0, "Looking for near-duplicates …")

        def told(done: int, of: int) -> None:
            bar.progress(done / of, f"{many(done)} of {many(of)} patches")

        found = cache.find_duplicates(store, told)
        bar.empty()
    pairs = found.pairs
    if pairs.empty:
        st.markdown(f"**No near-duplicates** among {many(len(store.index))} patches. {LIMITS}")
        return
    st.markdown(
        f"**{many(len(pairs))} pairs of patches look the same** though their bytes differ: "
        f"{many(len(found.across))} of them on two sides of the split, "
        f"{many(len(found.contradicting))} with two labels. "
        + (
            "Those on two sides let a network know a test patch by heart."
            if len(found.across)
            else "None of them lets a network know a test patch by heart."
        )
        + f" {LIMITS}"
    )
    order = (pairs["split"] == pairs["split_2"]).astype(int) * 10 - pairs["alike"]
    rows = pairs.loc[order.sort_values(kind="stable").index].head(SHOWN)
    for row in rows.to_dict("records"):
        _pair(store, row)
    index = store.index
    examined = export.Count(len(index), int(index["patient"].nunique()))
    figure.download(pairs, key="near_duplicates", of=examined)


def _may_look(store: PatchStore) -> bool:
    patches = many(len(store.index))
    return len(store.index) <= AT_ONCE or st.button(
        f"Look for near-duplicates among {patches} patches",
        key="find_duplicates",
        icon=":material/content_copy:",
        help="All pairs are compared: measured on two cores, 20,000 patches took 10 s where most "
        "are plain and 41 s where none is; twice as many take four times as long.",
    )


def _pair(store: PatchStore, row: Mapping[Hashable, Any]) -> None:
    left, right = st.columns([1, 5], vertical_alignment="center")
    both = [np.asarray(store.patches[int(str(row[name]))]) for name in ("first", "second")]
    first, second = left.columns(2)
    first.image(both[0], width=PATCH_PX)
    second.image(both[1], width=PATCH_PX)
    sides = [_named(row, ""), _named(row, "_2")]
    right.markdown(
        f"{sides[0]} and {sides[1]}: {lies(row)}; within small squares their pixels correlate by "
        f"{row['alike']:.3f}"
    )


def lies(row: Mapping[Any, Any]) -> str:
    """How the second patch has to be laid to show what the first shows.

    >>> lies({"way": "mirrored", "right": 1, "down": 0})
    'mirrored, moved by 1 px right and 0 px down'
    """
    right, down = int(str(row["right"])), int(str(row["down"]))
    moved = f", moved by {right} px right and {down} px down" if right or down else ""
    return f"{row['way']}{moved}"


def _named(row: Mapping[Hashable, Any], end: str) -> str:
    label = in_words(row[f"label{end}"])
    patch = selection.patch_name(int(str(row[f"x{end}"])), int(str(row[f"y{end}"])))
    patient, split = str(row[f"patient{end}"]), str(row[f"split{end}"])
    link = selection.link("patients", split=split, patient=patient, patch=patch)
    return f"[{plain(patient)} · {patch}]({link}) ({split}, {label})"
