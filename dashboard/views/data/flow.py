"""From files to patches, with what was left out on the way."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import INK, INK_ON_DARK, counted, many, plain
from dashboard.views.data.flow_chart import Side, Step, flow_svg
from dashboard.widgets import export
from idc_core.data.known_labels import is_known, share_of_idc
from idc_core.data.patches import PATCH_PX
from idc_core.data.split.splits import SPLITS
from idc_core.data.stores.store import PatchStore
from idc_core.facts.pictures import svg_with_facts
from idc_core.records.manifest import refuse_uncounted


def show(store: PatchStore) -> None:
    """The way as a diagram, to look at and to take along."""
    boxes = steps(store), sides(store)
    for sentence in store.manifest.set:
        st.warning(plain(sentence))
    dark = st.context.theme.type == "dark"
    st.image(flow_svg(*boxes, ink=INK_ON_DARK if dark else INK), width="stretch")
    known = export.facts(export.Count(len(store.index), int(store.index["patient"].nunique())))
    title = f"From files to patches: {store.name}"
    export.button(
        "SVG",
        lambda: svg_with_facts(flow_svg(*boxes, ink=INK), known, title),
        name="flow",
        ending="svg",
        key="flow_svg",
    )


def steps(store: PatchStore) -> list[Step]:
    """The boxes down the middle."""
    manifest, index = store.manifest, store.index
    refuse_uncounted(manifest, store.path)
    by_reason = manifest.rejected or {}
    rejected = sum(by_reason.values())
    reasons = [f"{many(n)} {reason}" for reason, n in by_reason.items()]
    unused = index[index["split"] == "unused"]
    whole = len(store.whole_patients)
    edges = int((index[["width", "height"]] < PATCH_PX).any(axis=1).sum())
    return [
        Step(
            "Files found",
            f"{_files(store)} in {store.name}",
            [f"Not taken: {counted(rejected, 'file')}", *reasons[:4]]
            if rejected
            else ["Not taken: none, every file became a patch"],
        ),
        Step(
            "Patches",
            f"{many(len(index))}, {share(index['label'])}",
            _noted(store, edges),
        ),
        Step(
            "Patients",
            f"{many(index['patient'].nunique())}, {many(whole)} of them whole slides",
            [
                f"On no side: {counted(unused['patient'].nunique(), 'patient')}, "
                f"{counted(len(unused), 'patch', 'patches')}"
            ]
            if len(unused)
            else (),
        ),
    ]


def _files(store: PatchStore) -> str:
    """How many files it was made of: every patch was one where the manifest does not say."""
    known = store.manifest.files
    return many(known) if known is not None else f"{many(len(store.index))} patches kept"


def _noted(store: PatchStore, edges: int) -> list[str]:
    said = [f"Kept, and padded with white: {counted(edges, 'edge patch', 'edge patches')}"]
    aside = store.manifest.set_aside_for_shared_pixels or 0
    if aside:
        said.append(f"Set aside, same pixels as another: {many(aside)}")
    apart = store.manifest.set_aside_augmented_copies or 0
    if apart:
        said.append(f"Set aside, augmented copies of another side: {many(apart)}")
    return said


def sides(store: PatchStore) -> list[Side]:
    """The sides of the split, in their order."""
    found = []
    for name in SPLITS:
        own = store.index[store.index["split"] == name]
        if len(own) and name != "unused":
            patients = counted(own["patient"].nunique(), "patient")
            patches = counted(len(own), "patch", "patches")
            found.append(Side(name, [patients, patches, share(own["label"])]))
    return found


def share(labels: "pd.Series[int]") -> str:
    """The share of IDC among labels, and how many are unknown.

    >>> share(pd.Series([1, 0, 0, 0])), share(pd.Series([1, 0, -1])), share(pd.Series([-1]))
    ('25% labelled IDC', '50% labelled IDC (1 label unknown)', 'labels unknown')
    """
    known = is_known(labels)
    if not known.any():
        return "labels unknown"
    left = int((~known).sum())
    unknown = f" ({counted(left, 'label')} unknown)" if left else ""
    return f"{share_of_idc(labels):.0%} labelled IDC{unknown}"
