"""The chosen patch, large, in its surroundings, with its figures."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.montage import surroundings
from dashboard.charts.theme import LETTERS, WORDS
from dashboard.components import figure
from dashboard.components.outcomes import most_wrong_first, with_outcome
from idc_core.slides import neighbourhood
from idc_core.store import PatchStore

AROUND = 5

Place = tuple[int, int]


def place_of(rows: pd.DataFrame, threshold: float) -> Place | None:
    """The thread's patch; without one, the patient's most confident error, if there is any."""
    place = thread.current().place
    if place is not None and (rows["x"].eq(place[0]) & rows["y"].eq(place[1])).any():
        return place
    return next(iter(_places(errors_of(rows, threshold, "both"))), None)


def show(
    rows: pd.DataFrame, threshold: float, store: PatchStore | None, place: Place | None
) -> None:
    """Draw the patch of one patient that lies at `place`."""
    if place is None:
        st.caption(
            "No error of this patient at this threshold. Click a square of the slide to see it."
        )
        return
    named = with_outcome(rows, threshold)
    patch = named[named["x"].eq(place[0]) & named["y"].eq(place[1])].iloc[0]
    outcome = str(patch["outcome"])
    st.subheader(f"Patch {thread.patch_name(*place)}", anchor=False)
    pixels = _around(store, patch) if store is not None else None
    if pixels is not None:
        st.image(
            pixels, width="stretch",
            alt=f"The patch in its {AROUND}×{AROUND} surroundings, centre outlined",
        )  # fmt: skip
    call = "called IDC" if outcome in ("tp", "fp") else "left alone"
    label = "IDC" if patch["label"] == 1 else "no IDC"
    figure.numbers(
        [
            ("Score", f"{patch['score']:.3f}", f"{call}; threshold {threshold:.3f}"),
            ("Outcome", LETTERS[outcome], f"{WORDS[outcome]}; label {label}"),
        ]
    )
    _steps(errors_of(rows, threshold, "both"), place)
    if thread.current().patch is None:
        st.caption("The most confident error of this patient. Click any square to see another.")
    st.page_link(
        "views/feature_maps.py", label="See what the network saw", icon=":material/layers:",
        query_params=thread.query(patch=thread.patch_name(*place)),
    )  # fmt: skip


def errors_of(rows: pd.DataFrame, threshold: float, which: str) -> pd.DataFrame:
    """A patient's missed IDC (`fn`), false alarms (`fp`) or `both`, most confident first."""
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


def _around(store: PatchStore, patch: pd.Series) -> np.ndarray | None:
    known = loaders.rows_of_store(store)
    if (patch["patient"], patch["x"], patch["y"]) not in known.index:
        return None
    own = known.loc[str(patch["patient"])]
    x, y = (own.index.get_level_values(name).to_numpy() for name in ("x", "y"))
    reach = AROUND // 2 * 50
    near = (np.abs(x - patch["x"]) <= reach) & (np.abs(y - patch["y"]) <= reach)
    pixels, _ = neighbourhood(
        store.patches[own.to_numpy()[near]], x[near], y[near],
        (int(patch["x"]), int(patch["y"])), AROUND,
    )  # fmt: skip
    return surroundings(pixels, scale=3)


def _places(rows: pd.DataFrame) -> list[Place]:
    return list(zip(rows["x"].astype(int), rows["y"].astype(int), strict=True))


def _steps(errors: pd.DataFrame, place: Place) -> None:
    """Previous and next along the errors, most confident first."""
    places = _places(errors)
    if not places:
        st.caption("No error of this patient at this threshold.")
        return
    at = places.index(place) if place in places else None
    before = places[(0 if at is None else at) - 1]
    after = places[0 if at is None else (at + 1) % len(places)]
    where = f"error {at + 1} of {len(places)}" if at is not None else f"{len(places)} errors"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        # Letters: the arrow keys belong to the sliders.
        for name, target, shortcut in (("Previous", before, "P"), ("Next", after, "N")):
            st.button(
                name, key=f"step_{name}", shortcut=shortcut, on_click=thread.change,
                kwargs={"patch": thread.patch_name(*target)},
            )  # fmt: skip
        st.caption(where, width="content")
