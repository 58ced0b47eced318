"""From files to patches, with what was left out on the way."""

import pandas as pd
import streamlit as st

from dashboard import checked
from dashboard.charts.flow import Side, Step, flow_svg
from dashboard.charts.theme import INK, INK_ON_DARK, counted, many
from dashboard.components import export
from idc_core.exports.pictures import svg_with_facts
from idc_core.splits import SPLITS
from idc_core.store import PatchStore


def show(store: PatchStore) -> None:
    """The way as a diagram, to look at and to take along."""
    boxes = steps(store), sides(store)
    dark = st.context.theme.type == "dark"
    st.image(flow_svg(*boxes, ink=INK_ON_DARK if dark else INK), width="stretch")
    known = export.facts(export.Count(len(store.index), int(store.index["patient"].nunique())))
    title = f"From files to patches: {store.name}"
    export.button(
        "SVG", lambda: svg_with_facts(flow_svg(*boxes, ink=INK), known, title), name="flow",
        ending="svg", key="flow_svg",
    )  # fmt: skip


def steps(store: PatchStore) -> list[Step]:
    """The boxes down the middle."""
    manifest, index = checked.manifest(store), store.index
    rejected = sum(manifest["rejected"].values())
    reasons = [f"{many(n)} {reason}" for reason, n in manifest["rejected"].items()]
    unused = index[index["split"] == "unused"]
    whole = len(store.whole_patients)
    edges = int(manifest["edge_patches"])
    return [
        Step(
            "Files found", f"{many(int(manifest['files']))} in {store.name}",
            [f"Not taken: {counted(rejected, 'file')}", *reasons[:4]]
            if rejected else ["Not taken: none, every file became a patch"],
        ),
        Step(
            "Patches", f"{many(len(index))}, {share(index['label'])} labelled IDC",
            _noted(store, edges),
        ),
        Step(
            "Patients", f"{many(index['patient'].nunique())}, {many(whole)} of them whole slides",
            [f"On no side: {counted(unused['patient'].nunique(), 'patient')}, "
             f"{counted(len(unused), 'patch', 'patches')}"] if len(unused) else (),
        ),
    ]  # fmt: skip


def _noted(store: PatchStore, edges: int) -> list[str]:
    said = [f"Kept, and padded with white: {counted(edges, 'edge patch', 'edge patches')}"]
    aside = int(store.manifest.get("set_aside_for_shared_pixels", 0))
    if aside:
        said.append(f"Set aside, same pixels as another: {many(aside)}")
    return said


def sides(store: PatchStore) -> list[Side]:
    """The sides of the split, in their order."""
    found = []
    for name in SPLITS:
        own = store.index[store.index["split"] == name]
        if len(own) and name != "unused":
            patients = counted(own["patient"].nunique(), "patient")
            patches = counted(len(own), "patch", "patches")
            found.append(Side(name, [patients, patches, f"{share(own['label'])} IDC"]))
    return found


def share(labels: "pd.Series[int]") -> str:
    """The share of IDC among labels."""
    return f"{labels.mean():.0%}"
