"""One patient's slide, reassembled from its patches, with labels and predictions as overlays."""

from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import browser
from dashboard.cache import all_patches, cutoff, predictions, runs, slides
from dashboard.charts.theme import digits, plain
from dashboard.state import choices, selection
from dashboard.views.patients import regions
from dashboard.views.patients.legend import legend
from dashboard.widgets import overlays, slide_viewer
from dashboard.widgets.overlays import Overlay
from idc_core.data.known_labels import is_known
from idc_core.data.stores.store import PatchStore
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.runs.run import Run, list_runs

NOTHING, RUN = "none", "run:"
"""The second view: none, or after the colon the name of a run; else an overlay."""
OWN = {"locked": "its operating point", "assumed": "as it has no operating point"}
Place = tuple[int, int]


def show(
    run: Run,
    rows: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    *,
    whole: bool | None,
    place: Place | None,
    strip: Sequence[Place] = (),
    judged: Mapping[Place, str] | None = None,
    chosen: Sequence[Place] = (),
    on_area: Callable[[list[int]], None] | None = None,
    drawn: regions.OnSlide | None = None,
) -> None:
    """Draw the slide of one patient's predictions; clicking a patch opens it. Overlays that need a
    label are offered where a patch has one.

    `whole`: None where it is not known. `place`: the patch to outline. `strip`: patches to mark.
    `judged`: the letter of the verdict on a patch. `chosen`: patches selected together; `on_area`
    gets left, top, right and bottom of what is drawn with the Shift key, in pixels of the slide.
    `drawn`: the regions on it, where regions may be drawn.
    """
    patient = str(rows["patient"].iloc[0])
    name = selection.current().slide
    original = slides.whole(store, name) if store is not None else None
    has_outlines = original is not None and original.over is not None
    labelled = bool(is_known(rows["label"]).any())
    overlay, beside, opacity, outlines = _controls(
        run, has_outlines=has_outlines, labelled=labelled
    )
    if not slide_viewer.is_there():
        st.info(
            f"Expected the slide viewer, OpenSeadragon: it was not fetched yet. Fetch it: "
            f"`{browser.COMMAND}`. Everything else on this page works without it."
        )
        return
    slide = slides.slide(store, patient, name) if store is not None else None
    frame, squares = slides.squares(run, selection.current().split, patient, slide, name)
    maps = [slide_viewer.Map(overlay.label, squares, overlay)]
    maps += _second(beside, patient, squares, slide, frame)
    tissue = slide.tissue if slide is not None and frame == slide.frame else None
    slide_viewer.show(
        maps,
        tissue=tissue,
        whole=original,
        outlines=outlines,
        threshold=threshold,
        opacity=opacity,
        picked=place,
        strip=strip,
        judged=judged or {},
        chosen=chosen,
        on_area=on_area,
        regions=None if drawn is None else regions.for_viewer(drawn, run),
        on_region=regions.acted,
        um_per_px=run.info.pixel_size_um,
        raster=run.info.raster,
        said=f"Slide of one patient, {len(rows)} patches, coloured by {overlay.label}; "
        "arrow keys pan, plus and minus zoom",
        on_pick=lambda x, y: selection.change(patch=selection.patch_name(x, y)),
    )
    st.html(
        f'<div class="idc-legend">{legend(overlay, threshold, run.info.raster, outlines=outlines)}'
        f"</div><div class='idc-caption'>{escape(_caption(rows, whole, tissue or original))}</div>"
    )


def blind(
    rows: pd.DataFrame,
    store: PatchStore | None,
    raster: Raster,
    *,
    read: Collection[Place],
    place: Place | None,
) -> None:
    """The slide of a blinded review: tissue, patches, and which of them were judged."""
    patient = str(rows["patient"].iloc[0])
    name = selection.current().slide
    slide = slides.slide(store, patient, name) if store is not None else None
    if slide is None or not slide_viewer.is_there():
        st.caption("Without the pixels and the slide viewer there is no slide to review here.")
        return
    seen = [(int(x), int(y)) in read for x, y in rows[["x", "y"]].to_numpy()]
    squares = slides.hidden_squares(rows, slide, ~np.array(seen, bool))
    slide_viewer.show(
        [slide_viewer.Map(overlays.TISSUE.label, squares, overlays.TISSUE)],
        tissue=slide.tissue,
        whole=slides.whole(store, name) if store is not None else None,
        threshold=2.0,
        opacity=0.0,
        picked=place,
        strip=(),
        judged=dict.fromkeys(read, "✓"),
        um_per_px=None,
        raster=raster,
        said=f"Slide of one patient, {len(rows)} patches, tissue only",
        on_pick=lambda x, y: selection.change(patch=selection.patch_name(x, y)),
    )
    st.caption(f"{len(read):,} of {len(rows):,} patches judged; a tick marks each of them.")


def _controls(run: Run, *, has_outlines: bool, labelled: bool) -> tuple[Overlay, str, float, bool]:
    words = overlays.words(labelled=labelled)
    others = {f"{RUN}{name}": f"run {name}" for name in list_runs(models_root())}
    others.pop(f"{RUN}{run.name}", None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        overlay = choices.segmented("Overlay", "overlay", words, label_visibility="collapsed")
        with st.popover("View", key="view", icon=":material/tune:"):
            opacity = st.slider("Opacity", 0.1, 1.0, 0.6, 0.05, key="opacity")
            beside = choices.selectbox(
                "Second view",
                "beside",
                {NOTHING: "none", **words, **others},
                help="The same slide once more, panned and zoomed with the first: another overlay, "
                "or the scores of another run.",
            )
            outlines = has_outlines and st.toggle(
                "Outlines",
                value=True,
                key="outlines",
                help="What was drawn on the slide, and squares without a label.",
            )
    return overlays.of(overlay), beside, float(opacity), outlines


def _second(
    beside: str, patient: str, squares: bytes, slide: slides.Slide | None, frame: object
) -> list[slide_viewer.Map]:
    if beside == NOTHING:
        return []
    if not beside.startswith(RUN):
        overlay = overlays.of(beside)
        return [slide_viewer.Map(overlay.label, squares, overlay)]
    name, split = beside.removeprefix(RUN), selection.current().split
    try:
        other = runs.run(name)
        absent = not_scored(other, patient, split)
        if absent:
            st.caption(plain(absent))
            return []
        own, theirs = slides.squares(other, split, patient, slide, selection.current().slide)
    except (Refusal, ValueError) as refused:
        st.caption(plain(f"Run {name} cannot be shown: {refused}"))
        return []
    if own != frame:
        st.caption(plain(f"Run {name} scored other patches of this patient: no common slide."))
        return []
    at = cutoff.own(other)
    st.caption(plain(f"Run {name} is outlined at {digits(at.value)}, {OWN[at.source]}."))
    return [
        slide_viewer.Map(f"{name}: score, {digits(at.value)}", theirs, overlays.SCORE, at.value)
    ]


def not_scored(run: Run, patient: str, split: str) -> str:
    """Why a run has nothing to show of a patient, in a sentence; empty where it has scores."""
    splits = [
        name
        for name in predictions.splits(run)
        if (found := all_patches.of_split(run, name)) is not None and patient in found.names
    ]
    if split in splits:
        return ""
    if splits:
        return f"Patient {patient} is in the {splits[0]} split of run {run.name}, not in {split}."
    return f"Run {run.name} has no scores for patient {patient}."


_KIND = {
    True: "the whole slide",
    False: "a sample of the slide: most patches have no neighbour here",
    None: "",
}


def _caption(rows: pd.DataFrame, whole: bool | None, tissue: bytes | slides.Whole | None) -> str:
    parts = [f"{len(rows):,} patches", _KIND[whole]]
    if tissue is None:
        parts.append("the pixels are not on this machine: coloured squares only")
    said = ", ".join(part for part in parts if part) + "."
    if isinstance(tissue, slides.Whole) and tissue.why:
        said += f" A small picture of the slide is shown: {tissue.why}"
    return said
