"""Whether any patient or image appears in more than one split, as a plain statement."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, many, plain
from idc_core.data.known_labels import is_known
from idc_core.data.split.splits import SPLITS, SplitAudit, audit
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster


def show(store: PatchStore) -> None:
    """State what was checked and what was found."""
    found = audit(store.index, frozenset(store.manifest.blank_digests))
    st.header("Do the splits leak?", anchor=False)
    patients = len(store.index["patient"].unique())
    if found.leaks:
        names = ", ".join(list(found.leaks)[:5])
        st.markdown(
            f"**Yes:** {counted(len(found.leaks), 'patient appears', 'patients appear')} in more "
            f"than one split: {plain(names)}."
        )
    else:
        st.markdown(
            f"**No patient appears in more than one split:** {many(patients)} patients checked."
        )
    if found.copies:
        st.markdown(copies_sentence(found))
    if found.shared:
        st.markdown(
            f"**{counted(len(found.shared), 'image appears', 'images appear')} in more than one "
            "split** (identical pixels)."
        )
    else:
        st.markdown(
            f"**No image appears in more than one split:** {many(len(store.index))} patches "
            f"compared by the digest of their pixels; {_identical(store)}. Blank tiles are exempt."
        )


def copies_sentence(found: SplitAudit) -> str:
    """Which patients are augmented copies of others, and whether they share a split."""
    named = [f"{copy} of {original}" for copy, original in found.copies.items()]
    listed = plain(", ".join(named[:5]) + ", …" * (len(named) > 5))
    if found.parted:
        first = min(found.parted)
        return (
            f"**{counted(len(found.parted), 'patient')} and augmented copies of the same tissue "
            f"are in different splits:** {plain(first)} in {' and '.join(found.parted[first])}. "
            f"Copies by name: {listed}."
        )
    return (
        f"**No augmented copy is in another split than its original:** "
        f"{counted(len(named), 'patient is a copy', 'patients are copies')} by name ({listed}), in "
        "the split of the original or excluded."
    )


def _identical(store: PatchStore) -> str:
    identical = store.manifest.identical_patches or 0
    if not identical:
        return "no two are identical"
    return f"{many(identical)} are identical to another patch in the same split"


def names(raster: Raster) -> tuple[str, str]:
    """The columns of `counts` that hold the number and the share of positive patches.

    >>> names(Raster(positive="tumour", negative="stroma"))
    ('tumour patches', 'share of tumour')
    """
    return f"{raster.positive} patches", f"share of {raster.positive}"


def counts(store: PatchStore) -> pd.DataFrame:
    """Patients, patches and positive ones per split; also `labelled` if some patches are not."""
    label = store.index["label"]
    named = store.index.assign(labelled=is_known(label), idc=label == 1)
    table = named.groupby("split", observed=True).agg(
        patients=("patient", "nunique"),
        patches=("label", "size"),
        labelled=("labelled", "sum"),
        idc=("idc", "sum"),
    )
    table = table.reindex([name for name in SPLITS if name in table.index]).reset_index()
    number, share = names(store.raster)
    table[share] = table["idc"] / table["labelled"].where(table["labelled"] > 0)
    if (table["labelled"] == table["patches"]).all():
        table = table.drop(columns="labelled")
    else:
        table["idc"] = table["idc"].where(table["labelled"] > 0)
    return table.rename(columns={"idc": number})
