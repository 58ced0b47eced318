"""The proof that no patient and no picture stands on two sides, as a plain statement."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, many, plain
from idc_core.data.known_labels import is_known
from idc_core.data.split.splits import SPLITS, SplitAudit, audit
from idc_core.data.stores.store import PatchStore


def show(store: PatchStore) -> None:
    """State what was checked and what came out."""
    found = audit(store.index, frozenset(store.manifest.blank_digests))
    st.subheader("Does anything leak between the splits?", anchor=False)
    patients = len(store.index["patient"].unique())
    if found.leaks:
        names = ", ".join(list(found.leaks)[:5])
        st.markdown(f"**Yes:** {len(found.leaks)} patients stand on two sides: {plain(names)}.")
    else:
        st.markdown(
            f"**No patient stands on two sides:** {many(patients)} patients checked, 0 found twice."
        )
    if found.copies:
        st.markdown(copies_sentence(found))
    if found.shared:
        st.markdown(f"**{many(len(found.shared))} pictures stand on two sides** (same pixels).")
    else:
        st.markdown(
            f"**No picture stands on two sides:** {many(len(store.index))} patches compared by "
            f"the digest of their pixels; {_identical(store)}. Blank tiles are exempt."
        )


def copies_sentence(found: SplitAudit) -> str:
    """Which patients are augmented copies of others, and whether they stand beside them."""
    named = [f"{copy} of {original}" for copy, original in found.copies.items()]
    listed = plain(", ".join(named[:5]) + ", …" * (len(named) > 5))
    if found.parted:
        first = min(found.parted)
        return (
            f"**{counted(len(found.parted), 'patient')} and augmented copies of the same tissue "
            f"stand on two sides:** {plain(first)} in {' and '.join(found.parted[first])}. Copies "
            f"by their names: {listed}."
        )
    return (
        f"**No augmented copy stands apart from its original:** "
        f"{counted(len(named), 'patient is a copy', 'patients are copies')} by name ({listed}), on "
        "the side of the original or set aside."
    )


def _identical(store: PatchStore) -> str:
    identical = store.manifest.identical_patches or 0
    if not identical:
        return "no two are the same"
    return f"{many(identical)} are identical to another one, and lie on the same side as it"


def counts(store: PatchStore) -> pd.DataFrame:
    """Patients, patches and IDC a split; `labelled` too where some patches are not."""
    label = store.index["label"]
    named = store.index.assign(labelled=is_known(label), idc=label == 1)
    table = named.groupby("split", observed=True).agg(
        patients=("patient", "nunique"),
        patches=("label", "size"),
        labelled=("labelled", "sum"),
        idc=("idc", "sum"),
    )
    table = table.reindex([name for name in SPLITS if name in table.index]).reset_index()
    table["share of IDC"] = table["idc"] / table["labelled"].where(table["labelled"] > 0)
    if (table["labelled"] == table["patches"]).all():
        table = table.drop(columns="labelled")
    else:
        table["idc"] = table["idc"].where(table["labelled"] > 0)
    return table.rename(columns={"idc": "IDC patches"})
