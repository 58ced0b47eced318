"""Patches that show the same tissue although their bytes differ."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts.theme import counted, many, plain
from dashboard.state import selection
from dashboard.views.data import cache
from dashboard.widgets import export, figure
from idc_core.data.known_labels import in_words
from idc_core.data.near_duplicates import SIDE
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster

AT_ONCE = 40_000
SHOWN = 8
LIMITS = (
    "The search finds copies that were recompressed, brightened, mirrored, rotated by multiples of "
    "90° or shifted by a pixel; not those rotated by other angles, shifted further or rescaled. "
    "Featureless tissue is excluded, because all of it looks alike."
)


def show(store: PatchStore) -> None:
    """Counts, the most important pairs, and all of them for export."""
    st.header("Are there near-duplicate patches?", anchor=False)
    if not store.has_pixels:
        st.caption("The pixels of this data set are not on this machine.")
        return
    found = cache.known_duplicates(store)
    if found is None and not _may_search(store):
        return
    if found is None:
        bar = st.progress(0.0, "Searching for near-duplicates …")

        def told(done: int, of: int) -> None:
            bar.progress(done / of, f"{many(done)} of {many(of)} patches")

        found = cache.find_duplicates(store, told)
        bar.empty()
    pairs = found.pairs
    if pairs.empty:
        st.markdown(f"**No near-duplicates** among {many(len(store.index))} patches. {LIMITS}")
        return
    st.markdown(
        f"**{counted(len(pairs), 'pair')} of patches look the same** although their bytes differ: "
        f"{many(len(found.across))} across two splits, "
        f"{many(len(found.contradicting))} with different labels. "
        + (
            "Pairs across splits let a network memorise test patches."
            if len(found.across)
            else "None of them lets a network memorise a test patch."
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


def _may_search(store: PatchStore) -> bool:
    patches = many(len(store.index))
    return len(store.index) <= AT_ONCE or st.button(
        f"Search {patches} patches for near-duplicates",
        key="find_duplicates",
        icon=":material/content_copy:",
        help="All pairs are compared. On two cores, 20,000 patches took 10 s when most were "
        "featureless and 41 s when none was; twice as many take four times as long.",
    )


def _pair(store: PatchStore, row: Mapping[Hashable, Any]) -> None:
    left, right = st.columns([1, 5], vertical_alignment="center")
    both = [np.asarray(store.patches[int(str(row[name]))]) for name in ("first", "second")]
    first, second = left.columns(2)
    alts = [_alt(row, end) for end in ("", "_2")]
    first.image(both[0], width=SIDE, alt=alts[0])
    second.image(both[1], width=SIDE, alt=alts[1])
    named = [_named(row, end, store.raster) for end in ("", "_2")]
    right.markdown(
        f"{named[0]} and {named[1]}: {lies(row)}; mean local pixel correlation {row['alike']:.3f}"
    )


def lies(row: Mapping[Any, Any]) -> str:
    """How the second patch must be transformed to match the first.

    >>> lies({"way": "mirrored", "right": 1, "down": 0})
    'mirrored, shifted by 1 px right and 0 px down'
    """
    right, down = int(str(row["right"])), int(str(row["down"]))
    moved = f", shifted by {right} px right and {down} px down" if right or down else ""
    return f"{row['way']}{moved}"


def _named(row: Mapping[Hashable, Any], end: str, raster: Raster) -> str:
    label = plain(in_words(row[f"label{end}"], raster))
    split, named = str(row[f"split{end}"]), _place(row, end)
    link = selection.link("patients", split=split, **named)
    *whose, patch = named.values()
    return f"[{plain(' · '.join(whose))} · {patch}]({link}) ({split}, {label})"


def _alt(row: Mapping[Hashable, Any], end: str) -> str:
    return f"Patch {_place(row, end)['patch']} of patient {row[f'patient{end}']}"


def _place(row: Mapping[Hashable, Any], end: str) -> dict[str, str]:
    """Of one of the two patches of a pair."""
    names = [name for name in ("patient", "slide", "x", "y") if f"{name}{end}" in row]
    return selection.to({name: row[f"{name}{end}"] for name in names})
