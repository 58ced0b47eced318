"""Which slide is to be scored, and at which resolution."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.charts.theme import plain
from idc_core.io.paths import data_root
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data
from idc_core.score.wsi.resolution import trained_um
from idc_core.score.wsi.tiling import TARGET_UM

MOST_MB = 400
KINDS = ("svs", "tif", "tiff", "ndpi", "png", "jpg", "jpeg")
FOLDER = "slides"


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be scored; `temporary` is deleted with it once it is read."""

    name: str
    path: Path
    um_per_px: float | None
    target_um: float
    temporary: "tempfile.TemporaryDirectory[str] | None"


def show(run: Run) -> Asked | None:
    """Draw the choice; what is to be scored, where the button was just pressed."""
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        file = st.file_uploader(
            f"A whole slide (SVS, TIFF, NDPI) or tissue image (PNG, JPEG), up to {MOST_MB} MB",
            type=list(KINDS),
            max_upload_size=MOST_MB,
            key="slide_upload",
        )
        lying = _lying()
        picked = None
        if lying:
            picked = st.selectbox(
                "or one of those in data/slides",
                lying,
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
            placeholder="as the file says",
            key="slide_um",
            help="Needed where the file does not say. A 40x scan is often about 0.25, a 20x scan "
            "about 0.5: “40x” alone is not taken for a number.",
        )
        target = st.number_input(
            "µm per pixel of the patches",
            0.1,
            20.0,
            _target(run),
            0.25,
            key="slide_target",
            help="What the model was trained on. The IDC patches are remembered as about 4 µm "
            "(40x reduced 16:1); the run records it once it is verified.",
        )
        square = 50 * target
        in_file = "" if own is None else f", {square / own:,.0f} pixels of the file"
        st.caption(f"A patch is 50 pixels, {square:,.0f} µm{in_file}.")
    ready = file is not None or picked is not None
    pressed = st.button(
        "Score the slide",
        key="slide_go",
        type="primary",
        disabled=not ready,
        icon=":material/play_arrow:",
    )
    if not pressed:
        return None
    if file is not None:
        folder = tempfile.TemporaryDirectory(prefix="idc_slide_")
        # Never the uploaded name: it is other people's text.
        path = Path(folder.name) / f"slide{Path(file.name).suffix.lower()[:5]}"
        path.write_bytes(file.getbuffer())
        return Asked(file.name, path, own, target, folder)
    assert picked is not None
    return Asked(picked, data_root() / FOLDER / picked, own, target, None)


def note(run: Run) -> None:
    """What everybody should know before reading a scored slide."""
    learnt = training_data(run.info)
    trained = (
        f"What it was trained on is not known: {learnt.why}."
        if isinstance(learnt, Unknown)
        else "It was trained on breast tissue only."
    )
    st.caption(
        "At about 4 µm per pixel a nucleus is two pixels wide: the model judges architecture, and "
        f"nuclei cannot be judged here. {trained}"
    )


def _target(run: Run) -> float:
    return trained_um(run.info) or TARGET_UM


def _lying() -> list[str]:
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
