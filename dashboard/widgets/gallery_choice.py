"""Several patches of a gallery selected together, with the mouse or without."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from idc_core.data.places import SLIDE

Patch = tuple[str, str, int, int]
"""A patch by patient, slide ("" where slides have no names of their own), x and y."""


def chosen(key: str) -> frozenset[Patch]:
    """What is selected in the gallery `key`, on any of its pages."""
    found: frozenset[Patch] = st.session_state.get(f"{key}_chosen", frozenset())
    return found


def choose(key: str, patches: Iterable[Patch]) -> None:
    """Select these and no others."""
    st.session_state[f"{key}_chosen"] = frozenset(patches)


def turn(key: str) -> int:
    """How often a click changed the selection; a chart with an older number is out of date."""
    return int(st.session_state.get(f"{key}_turn", 0))


def toggled(key: str, clicked: list[dict[str, Any]]) -> bool:
    """Select the patch that was clicked, or deselect it; False where the click is not a new one.

    A chart repeats its last click whenever it reports another one, and forgets it when it is
    redrawn. So a click is known by the turn it was made in, not by a change of what is selected.
    """
    new = [each for each in clicked if int(each["turn"]) == turn(key)]
    if not new:
        return False
    st.session_state[f"{key}_turn"] = turn(key) + 1
    here = {
        (str(each["patient"]), str(each.get(SLIDE, "")), int(each["x"]), int(each["y"]))
        for each in new
    }
    choose(key, chosen(key) ^ here)
    return True


def patches(rows: pd.DataFrame) -> list[Patch]:
    """The patches of a few rows, in their order."""
    slides = rows[SLIDE] if SLIDE in rows else [""] * len(rows)
    places = zip(rows["patient"], slides, rows["x"], rows["y"], strict=True)
    return [(str(patient), str(slide), int(x), int(y)) for patient, slide, x, y in places]


def rows_of(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows that are selected, of those that are still in the gallery."""
    wanted = chosen(key)
    if not wanted:
        return rows.iloc[:0]
    _, _, x, y = (set(part) for part in zip(*wanted, strict=True))
    near = rows[rows["x"].isin(x) & rows["y"].isin(y)]
    return near[[patch in wanted for patch in patches(near)]]


def control(rows: pd.DataFrame, names: list[str], key: str) -> None:
    """The same without a mouse: `names` are those of the `rows` of this page."""
    here = dict(zip(names, patches(rows), strict=True))
    field = f"{key}_several"
    st.session_state[field] = [name for name, patch in here.items() if patch in chosen(key)]

    def picked() -> None:
        wanted = {here[name] for name in st.session_state[field]}
        choose(key, (chosen(key) - set(here.values())) | wanted)

    st.multiselect(
        "Select several patches",
        names,
        key=field,
        on_change=picked,
        width="stretch",
        placeholder="or select several for one verdict",
        label_visibility="collapsed",
    )
    st.button(
        "Select this page",
        key=f"{key}_choose_page",
        type="tertiary",
        icon=":material/select_all:",
        on_click=choose,
        args=(key, chosen(key) | set(here.values())),
        disabled=set(here.values()) <= chosen(key),
    )
