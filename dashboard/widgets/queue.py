"""The patches of a patient to be reviewed one after the other: which, and in which order."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import LETTERS
from dashboard.state import choices, selection
from dashboard.widgets import unlabelled_queue
from idc_core.evaluate.spatial.borders import POSITIONS, Places, error_kind, isolation
from idc_core.evaluate.spatial.neighbours import mean_of
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster

WHICH = {
    "errors": "all errors",
    "missed": "missed IDC",
    "alarms": "false alarms",
    "all": "all patches",
    "unlabelled": "patches without a label",
}
OUTCOMES = {
    "errors": ("fn", "fp"),
    "missed": ("fn",),
    "alarms": ("fp",),
    "all": ("tp", "fn", "fp", "tn"),
    "unlabelled": ("unlabelled",),
}
"""What each of `WHICH` is made of."""
ORDERS = {
    "confidence": "by confidence",
    "border": "by distance from the border",
    "isolation": "by isolation",
    "suspicion": "by label-error score",
}
ANYWHERE = "anywhere"
MEANING = {
    "border": "Border: next to a patch of the other label. Annotations are coarse outlines, so "
    "here the label is often at fault.",
    "interior": "Interior: away from the border, next to errors of its kind. Here the model is at "
    "fault.",
    "isolated": "Isolated: no neighbour is the same kind of error. Easy to remove, seldom a tumour "
    "of its own.",
}
Place = tuple[int, int]
_SHOWN = "shown_patch"


def described(
    found: predictions.SplitScores,
    patient: str,
    threshold: float,
    where: Places | None,
    suspicion: "np.ndarray | None" = None,
) -> pd.DataFrame:
    """A patient's rows with `outcome`, `kind` of error, `border_distance`, `isolation`,
    `around` (mean score of the neighbours) and `suspicion` (label-error score), as far as known."""
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
        kind=error_kind(own, outcome),
        border_distance=own.border_distance,
        isolation=isolation(own, np.isin(outcome, ("tp", "fp"))),
        around=mean_of(own.neighbours, rows["score"]),
    )


def asked(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The rows of `described` that the controls ask for, in their order.

    The controls need not be drawn yet: the patch is drawn before them.
    """
    if unlabelled_queue.is_of(table):
        return unlabelled_queue.asked(table, threshold)
    orders = _orders(table, threshold)
    kept = table[table["outcome"].isin(OUTCOMES[_which(table)])]
    kind = str(st.session_state.get("kind_kept", ANYWHERE))
    if kind in set(kept["kind"]):
        kept = kept[kept["kind"] == kind]
    key = orders[choices.now("order", orders)](kept)
    return kept.iloc[np.argsort(-np.nan_to_num(key, nan=-1.0), kind="stable")]


def which_of(raster: Raster) -> dict[str, str]:
    """`WHICH` where the classes have the names of `raster`.

    >>> which_of(Raster(positive="tumour", negative="stroma"))["missed"]
    'missed tumour'
    """
    return {key: raster.say(words) for key, words in WHICH.items()}


def controls(table: pd.DataFrame, threshold: float, raster: Raster) -> None:
    """Draw what `asked` reads: which patches, and in which order."""
    if unlabelled_queue.is_of(table):
        words, orders = unlabelled_queue.which_of(raster), unlabelled_queue.orders()
    else:
        words = {key: said for key, said in which_of(raster).items() if key in _offered(table)}
        orders = {key: ORDERS[key] for key in _orders(table, threshold)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choices.selectbox("Patches", "which", words, label_visibility="collapsed")
        if orders:
            choices.selectbox("Order", "order", orders, label_visibility="collapsed")


def choose(table: pd.DataFrame, threshold: float, raster: Raster) -> pd.DataFrame:
    """Draw the controls and give what they ask for."""
    controls(table, threshold, raster)
    return asked(table, threshold)


def kinds(table: pd.DataFrame) -> None:
    """Draw the filter by the location of an error, with what each location means."""
    if unlabelled_queue.is_of(table):
        return
    which = OUTCOMES[_which(table)]
    counts = table.loc[table["outcome"].isin(which), "kind"].value_counts()
    offered = [ANYWHERE, *(kind for kind in POSITIONS if counts.get(kind, 0))]
    if len(offered) < 2:
        return
    kept = st.session_state.get("kind_kept", ANYWHERE)
    st.session_state["kind"] = kept if kept in offered else ANYWHERE

    def asked() -> None:
        st.session_state["kind_kept"] = st.session_state["kind"]

    chosen = st.segmented_control(
        "Location",
        offered,
        key="kind",
        on_change=asked,
        format_func=lambda kind: f"{kind} ({counts[kind]:,})" if kind in counts else kind,
        label_visibility="collapsed",
        required=True,
    )
    if chosen in MEANING:
        st.caption(MEANING[str(chosen)])


def places(rows: pd.DataFrame) -> list[Place]:
    """Where the rows lie."""
    return [(int(x), int(y)) for x, y in zip(rows["x"], rows["y"], strict=True)]


def first(line: list[Place], judged: set[Place], of: tuple[str, ...]) -> Place | None:
    """The patch to show: the selected one, else that shown before, else the first unreviewed one.

    `of`: whose patches they are. What is shown stays, even if a change of the threshold or a filter
    removes it from the list: the patch never changes while somebody judges it.
    """
    before, shown = st.session_state.get(_SHOWN, ((), None))
    waiting = next((place for place in line if place not in judged), None)
    stays = shown if before == of else None
    place = selection.current().place or stays or waiting or next(iter(line), None)
    st.session_state[_SHOWN] = (of, place)
    return place


def forget_shown() -> None:
    """Begin with the first unreviewed patch when a patient is opened next."""
    st.session_state.pop(_SHOWN, None)


def left_out(patch: pd.Series, raster: Raster) -> str:
    """Why a patch is not in the list."""
    if "field" in patch:
        return unlabelled_queue.left_out(patch, raster)
    which, outcome = choices.now("which", WHICH), str(patch["outcome"])
    if outcome not in OUTCOMES[which]:
        return (
            f"{words_of(raster)[outcome]} ({LETTERS[outcome]}) at this threshold, and the list "
            f"shows {which_of(raster)[which]}"
        )
    return f"{patch['kind']}, and the list shows {st.session_state.get('kind_kept', ANYWHERE)}"


def row(table: pd.DataFrame, place: Place | None) -> "pd.Series | None":
    """A patient's row at a place; None where there is none."""
    if place is None:
        return None
    found = table[table["x"].eq(place[0]) & table["y"].eq(place[1])]
    return None if found.empty else found.iloc[0]


def step(queue: list[Place], place: Place | None, by: int) -> Place | None:
    """The patch `by` steps on, wrapping around; the first where `place` is not in the queue."""
    if not queue:
        return None
    if place not in queue:
        return queue[0]
    return queue[(queue.index(place) + by) % len(queue)]


def after(queue: list[Place], place: Place | None, judged: set[Place]) -> str | None:
    """The name of the next unreviewed patch; None where there is no other."""
    if not queue:
        return None
    start = queue.index(place) + 1 if place in queue else 0
    for one in (*queue[start:], *queue[:start]):
        if one not in judged and one != place:
            return selection.patch_name(*one)
    return None


def _offered(table: pd.DataFrame) -> list[str]:
    """The keys of `WHICH` that a table can answer."""
    partly = bool(table["outcome"].eq("unlabelled").any())
    return [key for key in WHICH if partly or key != "unlabelled"]


def _which(table: pd.DataFrame) -> str:
    return choices.now("which", _offered(table))


def _orders(
    table: pd.DataFrame, threshold: float
) -> "dict[str, Callable[[pd.DataFrame], np.ndarray]]":
    orders: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
        "confidence": lambda rows: np.abs(rows["score"].to_numpy(np.float64) - threshold),
    }
    if table["border_distance"].notna().any():
        orders["border"] = lambda rows: rows["border_distance"].to_numpy()
        orders["isolation"] = lambda rows: rows["isolation"].to_numpy()
    if table["suspicion"].notna().any():
        orders["suspicion"] = lambda rows: rows["suspicion"].to_numpy()
    return orders
