"""The chosen patch, large, in its surroundings, with its figures."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import thread
from dashboard.charts.montage import surroundings
from dashboard.charts.theme import LETTERS, WORDS
from dashboard.components import figure
from dashboard.components.outcomes import most_wrong_first, with_outcome
from idc_core.slides import neighbourhood
from idc_core.store import PatchStore

AROUND = 5


def show(rows: pd.DataFrame, threshold: float, store: PatchStore | None) -> None:
    """Draw the thread's patch of one patient; without one, say how to choose it."""
    place = thread.current().place
    named = with_outcome(rows, threshold)
    here = named[(named["x"] == place[0]) & (named["y"] == place[1])] if place else named.iloc[:0]
    if here.empty:
        st.caption("Click a square of the slide, or step through this patient's errors:")
        _steps(named, threshold, None)
        return
    patch = here.iloc[0]
    st.subheader(f"Patch {thread.patch_name(patch['x'], patch['y'])}")
    if store is not None:
        st.image(
            _around(store, patch), width="stretch",
            alt=f"The patch in its {AROUND}×{AROUND} surroundings, centre outlined",
        )  # fmt: skip
    outcome = str(patch["outcome"])
    call = "called IDC" if outcome in ("tp", "fp") else "left alone"
    figure.numbers(
        [
            ("Score", f"{patch['score']:.3f}", f"threshold {threshold:.3f}"),
            (
                "Outcome",
                LETTERS[outcome],
                f"{WORDS[outcome]}: {call}, label {'IDC' if patch['label'] == 1 else 'no IDC'}",
            ),
        ]
    )
    _steps(named, threshold, (int(patch["x"]), int(patch["y"])))
    st.page_link(
        "views/feature_maps.py", label="See what the network saw", icon=":material/layers:",
        query_params=thread.query(),
    )  # fmt: skip


def _around(store: PatchStore, patch: pd.Series) -> np.ndarray:
    at = np.flatnonzero(store.index["patient"] == patch["patient"])
    rows = store.index.iloc[at]
    pixels, _ = neighbourhood(
        store.patches[at], rows["x"].to_numpy(), rows["y"].to_numpy(),
        (int(patch["x"]), int(patch["y"])), AROUND,
    )  # fmt: skip
    return surroundings(pixels, scale=3)


def _steps(named: pd.DataFrame, threshold: float, place: tuple[int, int] | None) -> None:
    """Previous and next along the errors, most confident first."""
    errors = most_wrong_first(named[named["outcome"].isin(["fn", "fp"])], threshold)
    places = list(zip(errors["x"].astype(int), errors["y"].astype(int), strict=True))
    if not places:
        st.caption("No error of this patient at this threshold.")
        return
    at = places.index(place) if place in places else None
    before = places[(0 if at is None else at) - 1]
    after = places[0 if at is None else (at + 1) % len(places)]
    where = f"error {at + 1} of {len(places)}" if at is not None else f"{len(places)} errors"
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, target, shortcut in (("Previous", before, "Left"), ("Next", after, "Right")):
            st.button(
                name, key=f"step_{name}", shortcut=shortcut, on_click=thread.change,
                kwargs={"patch": thread.patch_name(*target)},
            )  # fmt: skip
        st.caption(where, width="content")


def errors_of(rows: pd.DataFrame, threshold: float, which: str) -> pd.DataFrame:
    """A patient's missed IDC (`fn`), false alarms (`fp`) or both, most confident first."""
    named = with_outcome(rows, threshold)
    kept = named["outcome"].isin(["fn", "fp"] if which == "both" else [which])
    return most_wrong_first(named[kept], threshold)


def gallery_rows(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The errors that the control above the gallery asks for."""
    words = {"Missed IDC and false alarms": "both", "Missed IDC": "fn", "False alarms": "fp"}
    which = st.segmented_control(
        "Errors", list(words), default="Missed IDC and false alarms", key="error_kind",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    return errors_of(rows, threshold, words[str(which)])
