"""The open patch, enlarged in its surroundings, with its figures."""

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import sheets
from dashboard.cache.surroundings import has_slide, of_slide
from dashboard.charts.montage import surroundings
from dashboard.charts.theme import LETTERS, SCORE_SCALE, digits
from dashboard.state import selection, view
from dashboard.state.slide_address import DEFAULT_FIELD, FIELDS
from dashboard.widgets import figure, queue
from dashboard.widgets.verdict_keys import Action
from idc_core.data.known_labels import in_words, label_of
from idc_core.data.stores.store import PatchStore
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import UNDEFINED, short_digits
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster

SIZES = {3: "3×3", 5: "5×5", 7: "7×7", 9: "9×9"}
"""Patches along one side of what is shown beside the patch alone (1), and its label."""
DEFAULT = 5
SHOWN_PX = 300
"""Least side of the picture."""
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """How a patch is shown: name, position in the list, picture, steps on and back."""

    title: str
    where: str
    picture: "np.ndarray | None"
    alt: str
    missing: str
    steps: tuple[Action, ...]


def look_of(
    patient: str,
    place: Place,
    line: list[Place],
    store: PatchStore | None,
    left_out: str,
    slide: str | None = None,
) -> View:
    """The patch at `place`; `line`: the list being reviewed; `left_out`: why it is not in it;
    `slide`: by default the one that is looked at.

    The picture is the patch alone, enlarged, or its surroundings with it outlined.
    """
    where = (
        f"{line.index(place) + 1:,} of {len(line):,}"
        if place in line
        else f"not in this list of {len(line):,}: {left_out}"
    )
    slide = slide or selection.current().slide
    name = selection.patch_name(*place)
    shown = (
        _on_slide(store, slide, place)
        if store is not None and has_slide(store, slide)
        else _of_patches(store, patient, slide, place)
    )
    return View(
        f"{patient} {name}",
        where,
        shown.pixels,
        f"The patch {name}, {shown.said}",
        shown.missing,
        (
            _step("Previous", "P", queue.step(line, place, -1)),
            _step("Next", "N", queue.step(line, place, 1)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    pixels: "np.ndarray | None"
    said: str
    missing: str = ""


def _on_slide(store: PatchStore, slide: str | None, place: Place) -> _Shown:
    um = int(st.session_state.get("field_um", DEFAULT_FIELD))
    said = f"outlined in {FIELDS[um]} of its slide"
    try:
        return _Shown(of_slide(store, slide, place, um), said)
    except Refusal as refused:
        return _Shown(None, said, str(refused))


def _of_patches(store: PatchStore | None, patient: str, slide: str | None, place: Place) -> _Shown:
    count = int(st.session_state.get("around", DEFAULT))
    pixels = sheets.around(store, patient, place, count, slide) if store is not None else None
    side = USUAL.patch_px if store is None else store.raster.patch_px
    scale = _times(count * side)
    said = f"in its {SIZES[count]} surroundings, outlined" if count > 1 else _enlarged(scale)
    if pixels is None:
        return _Shown(None, said, "The pixels of this patch are not on this machine.")
    return _Shown(surroundings(pixels, scale=scale, patch_px=side), said)


def picture(patient: str, place: Place, store: PatchStore | None, slide: str | None = None) -> None:
    """The same picture on pages without verdicts, with the choice of its surroundings."""
    size(store, slide)
    shown = look_of(patient, place, [place], store, "", slide)
    if shown.picture is None:
        st.caption(shown.missing)
    else:
        st.image(shown.picture, width=SHOWN_PX, caption=shown.alt, alt=shown.alt)


def _times(side: int) -> int:
    """How many times as large `side` pixels are shown.

    >>> _times(50), _times(96), _times(5 * 50), _times(9 * 224)
    (6, 4, 2, 1)
    """
    return max(1, -(-SHOWN_PX // side))


def _enlarged(times: int) -> str:
    said = {1: "at its own size", 2: "at twice its size", 6: "at six times its size"}
    return said.get(times, f"at {times} times its size")


def size(store: PatchStore | None, slide: str | None = None) -> None:
    """Draw the choice that `look_of` reads: how much around the patch is shown, in µm of the slide
    itself where it is there, else in patches."""
    on_slide = has_slide(store, slide or selection.current().slide)
    side = USUAL.patch_px if store is None else store.raster.patch_px
    words = FIELDS if on_slide else {1: f"×{_times(side)}", **SIZES}
    st.segmented_control(
        "Surroundings",
        list(words),
        default=DEFAULT_FIELD if on_slide else DEFAULT,
        key="field_um" if on_slide else "around",
        required=True,
        format_func=words.__getitem__,
        label_visibility="collapsed",
    )


def _step(words: str, key: str, target: Place | None) -> Action:
    # Letters: the arrow keys belong to the sliders.
    to = "" if target is None else selection.patch_name(*target)
    return Action("show", words, key, to=to, off=target is None)


def figures(patch: pd.Series, threshold: float, raster: Raster) -> None:
    """Score, outcome, label, and the distance to the labelled border; of a patch without a label
    its score and what is predicted."""
    outcome = str(patch["outcome"])
    predicted = raster.predicted(float(patch["score"]) >= threshold)
    score = ("Score", f"{digits(patch['score'])}", f"{predicted}; threshold {digits(threshold)}")
    if label_of(patch["label"]) is None:
        figure.numbers([score, ("Label", UNDEFINED, "nobody labelled this patch")])
        return
    label = in_words(patch["label"], raster)
    distance = patch["border_distance"]
    border = UNDEFINED if np.isnan(distance) else f"{distance:.0f}"
    reason = (
        "not known in a sample, or where all labels are the same"
        if np.isnan(distance)
        else "patch away from the other label"
        if distance == 1
        else "patches away from the other label"
    )
    figure.numbers(
        [
            score,
            ("Outcome", LETTERS[outcome], f"{words_of(raster)[outcome]}; label {label}"),
            ("Border", border, reason),
        ]
    )


def neighbours(table: pd.DataFrame, place: Place, stride: int = USUAL.stride_px) -> None:
    """The scores of the patch and its eight neighbours, as they lie on a grid of `stride`."""
    near = {
        (int(x), int(y)): float(score)
        for x, y, score in zip(table["x"], table["y"], table["score"], strict=True)
        if abs(x - place[0]) <= stride and abs(y - place[1]) <= stride
    }
    lines = "".join(
        "<tr>"
        + "".join(
            _cell(near, (place[0] + right, place[1] + down), place)
            for right in (-stride, 0, stride)
        )
        + "</tr>"
        for down in (-stride, 0, stride)
    )
    others = [score for where, score in near.items() if where != place]
    said = (
        f"Scores of the {len(others)} neighbours; their mean is {digits(float(np.mean(others)))}."
        if others
        else "It has no neighbour in the data."
    )
    st.html(
        f'<div class="idc-near"><table role="img" aria-label="{escape(said)}">{lines}</table>'
        f"<span>{escape(said)} A dot: no patch.</span></div>"
    )


def links(place: Place) -> None:
    """To the evidence for and against, to the feature maps, and to look-alikes."""
    with st.container(horizontal=True, gap="small"):
        for to, label, icon in (
            ("network/evidence", "Why?", ":material/center_focus_strong:"),
            ("network/maps", "What the network saw", ":material/layers:"),
            ("similar", "More like this", ":material/hub:"),
        ):
            view.link(to, label, {"patch": selection.patch_name(*place)}, icon=icon)


def _cell(near: dict[Place, float], where: Place, centre: Place) -> str:
    if where not in near:
        return "<td>·</td>"
    score = near[where]
    red, green, blue = (int(SCORE_SCALE[1][at : at + 2], 16) for at in (1, 3, 5))
    # Half a blue is dark on a dark page, and not dark enough for white text on a light one.
    ink = ";color:#fff" if score > 0.65 else ";color:light-dark(#000, #fff)"
    mark = ' class="here"' if where == centre else ""
    paint = f"background:rgba({red},{green},{blue},{score:.2f}){ink}"
    return f'<td{mark} style="{paint}">{short_digits(score)}</td>'
