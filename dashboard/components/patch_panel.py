"""The chosen patch, large, in its surroundings, with its figures."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.montage import surroundings
from dashboard.charts.theme import LETTERS, SCORE_SCALE, UNDEFINED, WORDS
from dashboard.components import figure
from idc_core.patches import PATCH_PX
from idc_core.store import PatchStore

SIZES = {"×6": 1, "3×3": 3, "5×5": 5, "7×7": 7, "9×9": 9}
SIX_PX = 6 * PATCH_PX
Place = tuple[int, int]


def steps(queue: list[Place], place: Place, before: Place | None, after: Place | None) -> None:
    """Previous and next along the queue, by key too."""
    where = (
        f"{queue.index(place) + 1:,} of {len(queue):,}" if place in queue
        else f"{len(queue):,} in this list"
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        # Letters: the arrow keys belong to the sliders.
        for name, target, shortcut in (("Previous", before, "P"), ("Next", after, "N")):
            st.button(
                name, key=f"step_{name}", shortcut=shortcut, on_click=thread.change,
                kwargs={"patch": thread.patch_name(*(target or place))}, disabled=target is None,
            )  # fmt: skip
        st.caption(f"{thread.patch_name(*place)} · {where}", width="content")


def picture(patient: str, place: Place, store: PatchStore | None) -> None:
    """The patch at six times its size, or in its surroundings with the centre outlined."""
    size = st.segmented_control(
        "Surroundings", list(SIZES), default="5×5", key="around", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    count = SIZES[str(size)]
    pixels = loaders.around(store, patient, place, count) if store is not None else None
    if pixels is None:
        st.caption("The pixels of this patch are not on this machine.")
        return
    scale = max(1, -(-SIX_PX // (count * PATCH_PX)))
    said = "at six times its size" if count == 1 else f"in its {size} surroundings, outlined"
    st.image(
        surroundings(pixels, scale=6 if count == 1 else scale), width=SIX_PX,
        alt=f"The patch {thread.patch_name(*place)}, {said}",
    )  # fmt: skip


def figures(patch: pd.Series, threshold: float) -> None:
    """Score, outcome, label, and how far the labelled border is."""
    outcome = str(patch["outcome"])
    call = "called IDC" if outcome in ("tp", "fp") else "left alone"
    label = "IDC" if patch["label"] == 1 else "no IDC"
    distance = patch["border_distance"]
    border = UNDEFINED if np.isnan(distance) else f"{distance:.0f}"
    reason = (
        "not known in a sample, or one label only" if np.isnan(distance)
        else "square to the other label" if distance == 1 else "squares to the other label"
    )  # fmt: skip
    figure.numbers(
        [
            ("Score", f"{patch['score']:.3f}", f"{call}; threshold {threshold:.3f}"),
            ("Outcome", LETTERS[outcome], f"{WORDS[outcome]}; label {label}"),
            ("Border", border, reason),
        ]
    )


def neighbours(table: pd.DataFrame, place: Place) -> None:
    """The scores of the nine squares, as they lie."""
    near = {
        (int(x), int(y)): float(score)
        for x, y, score in zip(table["x"], table["y"], table["score"], strict=True)
        if abs(x - place[0]) <= PATCH_PX and abs(y - place[1]) <= PATCH_PX
    }
    lines = "".join(
        "<tr>" + "".join(_cell(near, (place[0] + right, place[1] + down), place)
                         for right in (-PATCH_PX, 0, PATCH_PX)) + "</tr>"
        for down in (-PATCH_PX, 0, PATCH_PX)
    )  # fmt: skip
    others = [score for where, score in near.items() if where != place]
    said = (
        f"Scores of the {len(others)} neighbours; their mean is {np.mean(others):.2f}."
        if others
        else "No neighbour was exported."
    )
    st.html(
        f'<div class="idc-near"><table role="img" aria-label="{escape(said)}">{lines}</table>'
        f"<span>{escape(said)} A dot: nothing exported.</span></div>"
    )


def links(place: Place) -> None:
    """To what speaks for and against, to what the network saw, and to what looks alike."""
    with st.container(horizontal=True, gap="small"):
        for view, label, icon in (
            ("explain", "Why?", ":material/center_focus_strong:"),
            ("feature_maps", "What the network saw", ":material/layers:"),
            ("similar", "More like this", ":material/hub:"),
        ):
            st.page_link(
                f"views/{view}.py", label=label, icon=icon,
                query_params=thread.query(patch=thread.patch_name(*place)),
            )  # fmt: skip


def _cell(near: dict[Place, float], where: Place, centre: Place) -> str:
    if where not in near:
        return "<td>·</td>"
    score = near[where]
    red, green, blue = (int(SCORE_SCALE[1][at : at + 2], 16) for at in (1, 3, 5))
    ink = ";color:#fff" if score > 0.45 else ""
    mark = ' class="here"' if where == centre else ""
    return (
        f'<td{mark} style="background:rgba({red},{green},{blue},{score:.2f}){ink}">{score:.2f}</td>'
    )
