"""Export of one patient: table, patches, image, page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.montage import rgb
from dashboard.charts.theme import COLOURS
from dashboard.state import choices, selection
from dashboard.widgets import export
from dashboard.widgets.verdict_panel import words_of
from idc_core.annotations.writers.tools import TOOLS, Tool
from idc_core.data.places import SLIDE
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.data.stores.store import PatchStore
from idc_core.export.patient.for_tool import Squares, file_of
from idc_core.export.patient.geojson import slide_geojson
from idc_core.export.patient.image import patches_of, placed, slide_png
from idc_core.export.patient.page import listed, patient_page
from idc_core.export.patient.table import wsinfer_csv
from idc_core.facts.pictures import png_with_facts
from idc_core.facts.predicted import labels_fact
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.reviews.ground import EXCLUDED


def show(
    rows: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    standing: pd.DataFrame,
    *,
    whole: bool,
    raster: Raster,
    cut_of: Callable[[], CutSlide | None] = lambda: None,
) -> None:
    """Draw the popover; each file is made when it is clicked. `rows`: the patient's, with
    `outcome`; `cut_of` gives how they lie on the slide, None where that is not known."""
    patient = str(rows["patient"].iloc[0])
    own = selection.on_slide(standing[standing["patient"] == patient])
    slide = _slide(rows)
    known = replace(
        export.facts(export.Count(len(rows), 1)), slide=slide, labels=labels_fact(rows["label"])
    )
    facts = known.said()
    button = partial(_button, patient=patient, slide=slide)
    with st.popover("Export", icon=":material/download:", key="take_along"):
        button("Patch table (CSV)", "csv", lambda: table_csv(rows, known))
        button(
            "Patches for QuPath (GeoJSON)",
            "geojson",
            lambda: squares(rows, store, known.named(), own, raster, threshold),
        )
        button(
            "Patches in WSInfer format (CSV)",
            "wsinfer.csv",
            lambda: wsinfer_csv(*placed(rows, store), known, raster),
        )
        button(
            "Printable page (HTML)",
            "html",
            lambda: page(
                rows, threshold, store, facts | _excluded(rows), own, whole=whole, raster=raster
            ),
        )
        if store is not None:
            button(
                "Slide image (PNG)",
                "png",
                lambda: png_with_facts(slide_png(store, patient, slide), known),
            )
            st.caption("Open the PNG in QuPath, then drop the GeoJSON onto it: they align.")
        else:
            st.caption("No slide image: the pixels are not on this machine.")
        try:
            cut = cut_of()
        except Refusal as damaged:
            st.caption(f"Not on the original slide: {damaged}")
            return
        words = {key: each.title for key, each in TOOLS.items()}
        tool = TOOLS[choices.segmented("Open the original slide in", "slide_tool", words)]
        button(
            f"Patches on the {'slide image' if cut is None else 'original slide'} ({tool.title})",
            f"on_slide.{tool.key}.{tool.ending}",
            lambda: on_slide(tool, rows, threshold, store, own, known, raster, cut),
        )
        st.caption(_placed_in_words(tool, cut))


def squares(
    rows: pd.DataFrame,
    store: PatchStore | None,
    facts: Mapping[str, Any],
    verdicts: pd.DataFrame,
    raster: Raster,
    threshold: float,
) -> str:
    """The GeoJSON of a patient's patches."""
    sized, corner = placed(rows, store)
    words = words_of(raster)
    said = {
        (int(x), int(y)): words[verdict]
        for x, y, verdict in zip(verdicts["x"], verdicts["y"], verdicts["verdict"], strict=True)
    }
    return slide_geojson(
        sized,
        corner,
        facts=facts,
        verdicts=said,
        raster=raster,
        colours={outcome: rgb(colour) for outcome, colour in COLOURS.items()},
        threshold=threshold,
    )


def on_slide(
    tool: Tool,
    rows: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    verdicts: pd.DataFrame,
    known: Facts,
    raster: Raster,
    cut: CutSlide | None,
) -> str:
    """A tool's file of a slide's patches, where the tool shows them."""
    sized, corner = placed(rows, store)
    return file_of(tool, Squares(sized, raster, threshold, verdicts, cut, corner), known)


def _placed_in_words(tool: Tool, cut: CutSlide | None) -> str:
    if cut is None:
        return (
            "Where these patches lie on the original slide is not known, as it was not cut here: "
            "this file too has the coordinates of the slide image above."
        )
    return f"Open it on the original slide in {tool.title}: every patch lies where it was cut."


def page(
    rows: pd.DataFrame,
    threshold: float,
    store: PatchStore | None,
    facts: dict[str, str],
    verdicts: pd.DataFrame,
    *,
    whole: bool,
    raster: Raster,
) -> str:
    """The one page on a patient."""
    patient = str(rows["patient"].iloc[0])
    pixels = {}
    if store is not None:
        own = patches_of(store, patient, _slide(rows))
        at = dict(zip(zip(own["x"], own["y"], strict=True), own.index, strict=True))
        wrong = listed(rows, threshold)
        pixels = {
            (x, y): store.patches[at[x, y]]
            for x, y in zip(wrong["x"], wrong["y"], strict=True)
            if (x, y) in at
        }
    return patient_page(
        rows,
        facts=facts,
        threshold=threshold,
        whole=whole,
        verdicts=verdicts,
        pixels=pixels,
        raster=raster,
        colours={outcome: rgb(colour) for outcome, colour in COLOURS.items()},
    )


def _excluded(rows: pd.DataFrame) -> dict[str, str]:
    """How many patches lie in excluded regions, as the page says it; nothing where none does."""
    count = int((rows[EXCLUDED] != "").sum()) if EXCLUDED in rows else 0
    patches = counted(count, "patch", "patches")
    return {EXCLUDED: f"{patches} in excluded regions; figures include them"} if count else {}


def _slide(rows: pd.DataFrame) -> str | None:
    """The slide's name, where slides have names of their own."""
    return str(rows[SLIDE].iloc[0]) if SLIDE in rows else None


def _button(
    label: str, ending: str, make: Callable[[], str | bytes], patient: str, slide: str | None
) -> None:
    key = f"take_{ending}"
    export.button(
        label,
        make,
        name="patches",
        ending=ending,
        patient=patient,
        slide=slide,
        key=key,
        icon=None,
    )
