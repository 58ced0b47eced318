"""From files to patches, with the exclusions at each step."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import INK, INK_ON_DARK, counted, many, plain
from dashboard.views.data.flow_chart import Split, Step, flow_svg, in_words
from dashboard.widgets import export
from idc_core.data.known_labels import is_known, share_of_idc
from idc_core.data.places import slide_numbers
from idc_core.data.split.splits import SPLITS
from idc_core.data.stores.store import PatchStore
from idc_core.facts.pictures import svg_with_facts
from idc_core.records.manifest import refuse_uncounted
from idc_core.records.raster import Raster


def show(store: PatchStore) -> None:
    """The flow diagram, with its download."""
    boxes = steps(store), splits(store)
    for sentence in store.manifest.set:
        st.warning(plain(sentence))
    dark = st.context.theme.type == "dark"
    drawn = flow_svg(*boxes, ink=INK_ON_DARK if dark else INK)
    st.image(drawn, width="stretch", alt=in_words(*boxes))
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
    """The boxes of the main column."""
    manifest, index = store.manifest, store.index
    refuse_uncounted(manifest, store.path)
    by_reason = manifest.rejected or {}
    rejected = sum(by_reason.values())
    reasons = [f"{many(n)} {reason}" for reason, n in by_reason.items()]
    unused = index[index["split"] == "unused"]
    whole = slide_numbers(index[index["patient"].isin(store.whole_patients)])[1]
    edges = int((index[["width", "height"]] < store.raster.patch_px).any(axis=1).sum())
    return [
        Step(
            "Files found",
            f"{_files(store)} in {store.name}",
            [f"Rejected: {counted(rejected, 'file')}", *reasons[:4]]
            if rejected
            else ["Rejected: none, every file became a patch"],
        ),
        Step(
            "Patches",
            f"{many(len(index))}, {share(index['label'], store.raster)}",
            _noted(store, edges),
        ),
        Step(
            "Patients",
            f"{many(index['patient'].nunique())}, {counted(whole, 'complete slide')}",
            [
                f"In no split: {counted(unused['patient'].nunique(), 'patient')}, "
                f"{counted(len(unused), 'patch', 'patches')}"
            ]
            if len(unused)
            else (),
        ),
    ]


def _files(store: PatchStore) -> str:
    """How many files were found; the number of patches where the manifest does not say."""
    known = store.manifest.files
    return many(known) if known is not None else f"{many(len(store.index))} patches kept"


def _noted(store: PatchStore, edges: int) -> list[str]:
    said = []
    if edges:
        said.append(f"Included, padded with white: {counted(edges, 'edge patch', 'edge patches')}")
    aside = store.manifest.set_aside_for_shared_pixels or 0
    if aside:
        said.append(f"Excluded, identical pixels: {many(aside)}")
    apart = store.manifest.set_aside_augmented_copies or 0
    if apart:
        said.append(f"Excluded, augmented copies across splits: {many(apart)}")
    return said


def splits(store: PatchStore) -> list[Split]:
    """The splits, in their order."""
    found = []
    for name in SPLITS:
        own = store.index[store.index["split"] == name]
        if len(own) and name != "unused":
            patients = counted(own["patient"].nunique(), "patient")
            patches = counted(len(own), "patch", "patches")
            found.append(Split(name, [patients, patches, share(own["label"], store.raster)]))
    return found


def share(labels: "pd.Series[int]", raster: Raster) -> str:
    """The proportion of the positive class among labels, and how many are unknown.

    >>> share(pd.Series([1, 0, 0, 0]), Raster()), share(pd.Series([-1]), Raster())
    ('25% labelled IDC', 'labels unknown')
    >>> share(pd.Series([1, 0, -1]), Raster(positive="tumour", negative="stroma"))
    '50% labelled tumour (1 label unknown)'
    """
    known = is_known(labels)
    if not known.any():
        return "labels unknown"
    left = int((~known).sum())
    unknown = f" ({counted(left, 'label')} unknown)" if left else ""
    return f"{share_of_idc(labels):.0%} labelled {raster.positive}{unknown}"
