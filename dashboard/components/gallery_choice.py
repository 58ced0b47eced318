"""Several patches of a gallery chosen together, with the mouse or without."""

from collections.abc import Collection, Iterable

import pandas as pd
import streamlit as st

Patch = tuple[str, int, int]
"""A patch by patient, x and y."""


def chosen(key: str) -> frozenset[Patch]:
    """What is chosen in the gallery `key`, on whichever of its pages."""
    found: frozenset[Patch] = st.session_state.get(f"{key}_chosen", frozenset())
    return found


def choose(key: str, patches: Iterable[Patch]) -> None:
    """Choose these and no others."""
    st.session_state[f"{key}_chosen"] = frozenset(patches)


def toggle(key: str, patches: Collection[Patch]) -> None:
    """Choose what was not, let go what was."""
    choose(key, chosen(key) ^ frozenset(patches))


def patches(rows: pd.DataFrame) -> list[Patch]:
    """The patches of a few rows, in their order."""
    places = zip(rows["patient"], rows["x"], rows["y"], strict=True)
    return [(str(patient), int(x), int(y)) for patient, x, y in places]


def selected(points: Iterable[dict] | None) -> frozenset[Patch]:
    """The patches that a chart reports as selected."""
    found = points or ()
    return frozenset((str(each["patient"]), int(each["x"]), int(each["y"])) for each in found)


def rows_of(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows that are chosen; a choice that is not among them any more counts for nothing."""
    wanted = chosen(key)
    if not wanted:
        return rows.iloc[:0]
    _, x, y = (set(part) for part in zip(*wanted, strict=True))
    near = rows[rows["x"].isin(x) & rows["y"].isin(y)]
    return near[[patch in wanted for patch in patches(near)]]


def control(rows: pd.DataFrame, names: list[str], key: str) -> None:
    """The same choice without a mouse: `names` are those of the `rows` of this page."""
    here = dict(zip(names, patches(rows), strict=True))
    field = f"{key}_several"
    st.session_state[field] = [name for name, patch in here.items() if patch in chosen(key)]

    def picked() -> None:
        wanted = {here[name] for name in st.session_state[field]}
        choose(key, (chosen(key) - set(here.values())) | wanted)

    st.multiselect(
        "Choose several patches", names, key=field, on_change=picked, width="stretch",
        placeholder="or choose several for one verdict", label_visibility="collapsed",
    )  # fmt: skip
    st.button(
        "Choose this page", key=f"{key}_choose_page", type="tertiary",
        icon=":material/select_all:", on_click=choose, args=(key, chosen(key) | set(here.values())),
        disabled=set(here.values()) <= chosen(key),
    )  # fmt: skip
