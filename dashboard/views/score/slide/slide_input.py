"""The choice of a slide and of its resolution."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import plain
from dashboard.widgets import permitted
from idc_core.io.paths import data_root
from idc_core.records.raster import SCALES, USUAL, Raster
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data
from idc_core.score.slide_scoring import TARGET_UM
from idc_core.wsi.resolution import trained_um

MOST_MB = 400
KINDS = ("svs", "tif", "tiff", "ndpi", "png", "jpg", "jpeg")
FOLDER = "slides"
NUCLEUS_UM = 8.0
FEW_PIXELS = 8
"""Up to so many pixels across, a nucleus is a spot."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be scored, by its name in data/slides, or `upload`: its bytes as the browser sent
    them."""

    name: str
    um_per_px: float | None
    target_um: float
    upload: Any = None


def show(run: Run) -> Asked | None:
    """Draw the choice; the file to score if the button was just pressed."""
    left, right = st.columns([1.5, 1], gap="large")
    missing = gate.needs("score")
    with left:
        file = st.file_uploader(
            f"A whole slide (SVS, TIFF, NDPI) or tissue image (PNG, JPEG), up to {MOST_MB} MB",
            type=list(KINDS),
            max_upload_size=MOST_MB,
            key="slide_upload",
            disabled=bool(missing),
        )
        files = _files_in_folder()
        picked = None
        if files:
            picked = st.selectbox(
                "or a file in data/slides",
                files,
                index=None,
                key="slide_lying",
                placeholder="choose a file",
                disabled=file is not None,
            )
        else:
            st.caption("Larger files: put them into the folder data/slides and choose them here.")
    with right:
        own = st.number_input(
            "µm per pixel of the file",
            min_value=0.05,
            max_value=100.0,
            value=None,
            format="%.3f",
            placeholder="as stated in the file",
            key="slide_um",
            help="Needed if the file does not state it. A 40x scan often has about 0.25, a 20x "
            "scan about 0.5; a file that only says “40x” does not state it.",
        )
        target = st.number_input(
            "µm per pixel of the patches",
            *SCALES,
            _target(run),
            0.25,
            format="%.3f",
            key="slide_target",
            help=_resolution(run.info.raster),
        )
        side = run.info.raster.patch_px
        square = side * target
        in_file = "" if own is None else f", {square / own:,.0f} pixels of the file"
        st.caption(f"A patch is {side} pixels, {square:,.0f} µm{in_file}.")
    ready = file is not None or picked is not None
    pressed = permitted.button(
        "Score the slide",
        "score",
        key="slide_go",
        type="primary",
        disabled=not ready,
        icon=":material/play_arrow:",
    )
    if not pressed:
        return None
    if file is not None:
        return Asked(file.name, own, target, file)
    assert picked is not None
    return Asked(picked, own, target)


def _resolution(raster: Raster) -> str:
    said = "The resolution that the model was trained at: a run on patches that were cut of slides "
    if raster.positive != USUAL.positive:
        return f"{said}records it."
    return f"{said}records it; it is about 4 µm for the IDC data set (40x reduced 16:1)."


def note(run: Run) -> None:
    """Say what to know before reading a scored slide."""
    learnt = training_data(run.info)
    trained = (
        f"The training data of this model are not known: {learnt.why}."
        if isinstance(learnt, Unknown)
        else "The model was trained on breast tissue only."
        if run.info.raster.positive == USUAL.positive
        else f"The model was trained on the tissue of {plain(str(run.info.data_name))} only."
    )
    st.caption(f"{nuclei(_target(run))} {trained}")


def nuclei(um: float) -> str:
    """How much of a nucleus can be seen at `um` µm per pixel.

    >>> print(nuclei(4.0))
    At about 4 µm per pixel a nucleus is 2 pixels wide: the model sees tissue architecture, and \
nuclear detail cannot be assessed.
    >>> print(nuclei(0.5))
    At about 0.5 µm per pixel a nucleus is 16 pixels wide.
    """
    wide = max(round(NUCLEUS_UM / um), 1)
    said = f"At about {um:.3g} µm per pixel a nucleus is {wide} pixel{'s' * (wide > 1)} wide"
    if wide > FEW_PIXELS:
        return f"{said}."
    return f"{said}: the model sees tissue architecture, and nuclear detail cannot be assessed."


def _target(run: Run) -> float:
    return trained_um(run.info) or TARGET_UM


def _files_in_folder() -> list[str]:
    folder = data_root() / FOLDER
    if not folder.is_dir():
        return []
    return sorted(
        file.name
        for file in folder.iterdir()
        if file.is_file() and file.suffix.lower().lstrip(".") in KINDS
    )[:500]


def said(name: str) -> str:
    """A file's name as text."""
    return plain(name[:80])
