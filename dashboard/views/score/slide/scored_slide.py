"""A slide that the model has scored: its map, its most suspicious patches, its table."""

from collections.abc import Callable
from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard import browser
from dashboard.cache.slides import Whole
from dashboard.charts import slide_map
from dashboard.charts.patches import PatchFacts, Taken, predicted
from dashboard.charts.theme import counted, digits, many, plain
from dashboard.state import page_state, view
from dashboard.widgets import (
    export,
    figure,
    odd_patches,
    overlays,
    patch_source,
    prediction_cards,
    slide_viewer,
)
from idc_core.data.stores.pixels import PatchRows
from idc_core.records.raster import Raster
from idc_core.score.input_check import Checked

SHOWN = 12

Patches = npt.NDArray[np.uint8]


def show(
    name: str,
    rows: pd.DataFrame,
    patches: PatchRows,
    threshold: float,
    um: float | None,
    tissue: Callable[[], bytes | None],
    checked: Checked,
    reference: str,
    stride: int,
    raster: Raster,
    whole: Whole | None = None,
) -> None:
    """Draw the slide.

    `rows`: x, y, score, in the order of `patches`; `um`: µm per pixel of a patch; `tissue`: the
    slide as a picture; `checked`: the input check against the patches called `reference`; `stride`:
    from patch to patch, in pixels; `raster`: what the classes are called; `whole`: the
    slide itself, in place of the picture.
    """
    st.markdown(summary(rows["score"].to_numpy(), threshold, um, stride, raster))
    odd_patches.said(checked, reference, "squares")
    left, right = st.columns([2.6, 1], gap="large")
    with left:
        odd = odd_patches.marks(rows, checked)
        _map(rows, threshold, um, tissue, odd, stride, raster, whole)
        odd_patches.listed(rows, checked)
    with right:
        _patch(name, rows, patches, threshold, raster)
    _suspicious(name, rows, patches, threshold, raster)
    figure.download(
        rows.assign(called=(rows["score"] >= threshold).astype(int), odd=checked.words()),
        key="slide_scores",
        label="Scores as CSV",
        of=export.Count(len(rows), None),
    )


def summary(
    scores: npt.NDArray[np.float64],
    threshold: float,
    um: float | None,
    stride: int,
    raster: Raster,
) -> str:
    """The result in one line, as Markdown.

    >>> summary(np.array([0.9, 0.1, 0.2, 0.3]), 0.5, 4.0, 50, Raster())
    '**1 of 4 squares with tissue predicted IDC** at 0.500: 25.0 % of the tissue, 0.04 of 0.16 mm².'
    """
    positive, total = int((scores >= threshold).sum()), len(scores)
    square = None if um is None else (stride * um / 1000) ** 2
    area = "" if square is None else f", {positive * square:.3g} of {total * square:.3g} mm²"
    return (
        f"**{many(positive)} of {counted(total, 'square')} with tissue "
        f"{plain(raster.predicted(True))}** at {digits(threshold)}: "
        f"{100 * positive / max(total, 1):.1f} % of the tissue{area}."
    )


def _map(
    rows: pd.DataFrame,
    threshold: float,
    um: float | None,
    tissue: Callable[[], bytes | None],
    odd: dict[tuple[int, int], str],
    stride: int,
    raster: Raster,
    whole: Whole | None,
) -> None:
    words = overlays.words(labelled=False)
    picked = st.segmented_control(
        "Overlay",
        list(words),
        default=overlays.SCORE.key,
        key="slide_overlay",
        required=True,
        format_func=words.__getitem__,
        label_visibility="collapsed",
    )
    if not slide_viewer.is_there():
        st.info(f"The slide viewer is not installed. Install it: `{browser.COMMAND}`.")
        return
    overlay = overlays.of(str(picked))
    frame = slide_map.frame_of(rows["x"], rows["y"], stride)
    squares = slide_map.squares(rows.assign(label=-1) if "label" not in rows else rows, frame)
    slide_viewer.show(
        [slide_viewer.Map(overlay.label, squares, overlay)],
        tissue=None if whole is not None else tissue(),
        whole=whole,
        threshold=threshold,
        opacity=0.6,
        picked=_picked(),
        strip=(),
        judged=odd,
        um_per_px=um,
        raster=raster,
        said=f"The scored slide, {len(rows)} squares; arrow keys move, plus and minus zoom",
        on_pick=lambda x, y: page_state.remember("square", f"{x}_{y}"),
    )
    st.html(
        '<div class="idc-caption">Darker squares have higher scores; the outline encloses those '
        f"{escape(raster.predicted(True))} at {digits(threshold)}. Squares without tissue are not "
        "scored: missing, not negative.</div>"
    )


def _picked() -> tuple[int, int] | None:
    x, _, y = st.query_params.get("square", "").partition("_")
    known = all(part.isascii() and part.isdigit() and len(part) < 8 for part in (x, y))
    return (int(x), int(y)) if known else None


def _patch(
    name: str, rows: pd.DataFrame, patches: PatchRows, threshold: float, raster: Raster
) -> None:
    """Draw the selected square, else the one with the highest score."""
    place = _picked()
    wanted = place or (None, None)
    at = np.flatnonzero((rows["x"] == wanted[0]) & (rows["y"] == wanted[1]))
    row = int(at[0]) if len(at) else int(rows["score"].to_numpy().argmax())
    score = float(rows["score"].iloc[row])
    x, y = int(rows["x"].iloc[row]), int(rows["y"].iloc[row])
    st.image(np.asarray(patches[row]), width=260, alt=f"The square at x {x}, y {y}")
    which = "Selected square" if len(at) else "Highest score"
    st.markdown(
        f"{which}: x {x}, y {y}, score **{digits(score)}**, "
        f"{plain(predicted(score, threshold, raster))} at {digits(threshold)}."
    )
    if st.button("Why?", key="slide_why", icon=":material/center_focus_strong:"):
        explain(name, x, y, np.asarray(patches[row]))


def _suspicious(
    name: str, rows: pd.DataFrame, patches: PatchRows, threshold: float, raster: Raster
) -> None:
    order = np.argsort(-rows["score"].to_numpy(), kind="stable")[:SHOWN]
    st.markdown(f"**The {len(order)} squares with the highest scores**")
    x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
    taken = [_taken(name, x[row], y[row], np.asarray(patches[row])) for row in order]
    why = prediction_cards.show(taken, rows["score"].iloc[order].tolist(), threshold, raster)
    if why is not None:
        facts = taken[why].facts
        explain(name, int(facts.x or 0), int(facts.y or 0), taken[why].pixels)


def explain(name: str, x: int, y: int, pixels: Patches) -> None:
    """Open the evidence for one square."""
    st.session_state[patch_source.UPLOADED] = _taken(name, x, y, pixels)
    view.go("network/evidence")


def _taken(name: str, x: float, y: float, pixels: Patches) -> Taken:
    return Taken(pixels, PatchFacts(f"{name[:60]} x{int(x)} y{int(y)}", None, int(x), int(y), None))
