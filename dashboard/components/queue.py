"""The patches of a patient to be looked at one after the other: which, and in which order."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.slide_map import outcome_of
from idc_core.spatial.borders import KINDS, Places, error_kind, isolation
from idc_core.spatial.neighbours import mean_of

WHICH = {
    "all errors": ("fn", "fp"), "missed IDC": ("fn",), "false alarms": ("fp",),
    "all patches": ("tp", "fn", "fp", "tn"),
}  # fmt: skip
ANYWHERE = "anywhere"
MEANING = {
    "border": "Border: within one square of the other label. Labels are coarse outlines, so here "
    "it is often the label.",
    "interior": "Interior: away from the border, beside others of its kind. Here it is the model.",
    "isolated": "Isolated: no neighbour is the same kind of error. Cheap to remove, seldom a "
    "tumour of its own.",
}
Place = tuple[int, int]


def described(
    found: loaders.SplitScores, patient: str, threshold: float, where: Places | None,
    suspicion: "np.ndarray | None" = None,
) -> pd.DataFrame:  # fmt: skip
    """A patient's rows with `outcome`, `kind` of error, `border_distance`, `isolation`,
    `around` (mean score of the neighbours) and `suspicion` of the label, as far as known."""
    span = found.span(patient)
    rows = found.rows.iloc[span]
    outcome = outcome_of(rows["label"], rows["score"], threshold)
    table = rows.assign(outcome=outcome, suspicion=np.nan)
    if suspicion is not None:
        table["suspicion"] = suspicion[span]
    if where is None:
        return table.assign(kind="unknown", border_distance=np.nan, isolation=np.nan, around=np.nan)
    own = where.part(np.arange(span.start, span.stop))
    return table.assign(
        kind=error_kind(own, outcome), border_distance=own.border_distance,
        isolation=isolation(own, np.isin(outcome, ("tp", "fp"))),
        around=mean_of(own.neighbours, rows["score"]),
    )  # fmt: skip


def choose(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Draw the two controls; the rows of `described` that are asked for, in their order."""
    orders = _orders(table, threshold)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        which = st.selectbox(
            "Look at", list(WHICH), key="which", bind="query-params", width="stretch",
            label_visibility="collapsed",
        )  # fmt: skip
        order = st.selectbox(
            "In order of", list(orders), key="order", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    kept = table[table["outcome"].isin(WHICH[str(which)])]
    kind = str(st.session_state.get("kind_kept", ANYWHERE))
    if kind in set(kept["kind"]):
        kept = kept[kept["kind"] == kind]
    key = orders.get(str(order), orders["by confidence"])(kept)
    return kept.iloc[np.argsort(-np.nan_to_num(key, nan=-1.0), kind="stable")]


def kinds(table: pd.DataFrame) -> None:
    """Draw the filter by the place of an error, with what each place means."""
    which = WHICH[str(st.session_state.get("which", "all errors"))]
    counts = table.loc[table["outcome"].isin(which), "kind"].value_counts()
    offered = [ANYWHERE, *(kind for kind in KINDS if counts.get(kind, 0))]
    if len(offered) < 2:
        return
    words = {kind if kind == ANYWHERE else f"{kind} ({counts[kind]:,})": kind for kind in offered}
    key, kept = "kind", st.session_state.get("kind_kept", ANYWHERE)
    st.session_state[key] = next((said for said, kind in words.items() if kind == kept), ANYWHERE)

    def asked() -> None:
        st.session_state["kind_kept"] = words.get(st.session_state[key], ANYWHERE)

    chosen = st.segmented_control(
        "Where", list(words), key=key, on_change=asked, label_visibility="collapsed",
        required=True,
    )  # fmt: skip
    if words.get(str(chosen)) in MEANING:
        st.caption(MEANING[words[str(chosen)]])


def places(rows: pd.DataFrame) -> list[Place]:
    """Where the rows lie."""
    return [(int(x), int(y)) for x, y in zip(rows["x"], rows["y"], strict=True)]


def step(queue: list[Place], place: Place | None, by: int) -> Place | None:
    """The patch `by` steps on, around the end; the first where `place` is not in the queue."""
    if not queue:
        return None
    if place not in queue:
        return queue[0]
    return queue[(queue.index(place) + by) % len(queue)]


def after(queue: list[Place], place: Place | None, judged: set[Place]) -> str | None:
    """The name of the next patch without a verdict; None where all others have one."""
    if not queue:
        return None
    start = queue.index(place) + 1 if place in queue else 0
    for one in (*queue[start:], *queue[:start]):
        if one not in judged and one != place:
            return thread.patch_name(*one)
    return None


def _orders(
    table: pd.DataFrame, threshold: float
) -> "dict[str, Callable[[pd.DataFrame], np.ndarray]]":
    orders: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
        "by confidence": lambda rows: np.abs(rows["score"].to_numpy(np.float64) - threshold),
    }
    if table["border_distance"].notna().any():
        orders["by distance from the border"] = lambda rows: rows["border_distance"].to_numpy()
        orders["by isolation"] = lambda rows: rows["isolation"].to_numpy()
    if table["suspicion"].notna().any():
        orders["by suspicion of the label"] = lambda rows: rows["suspicion"].to_numpy()
    return orders
