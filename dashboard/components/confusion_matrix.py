"""The matrix, and the patches of the cell that was clicked."""

import pandas as pd
import streamlit as st

from dashboard.charts.confusion import SELECTION, matrix_chart, matrix_table
from dashboard.charts.theme import LETTERS, OUTCOMES, WORDS
from dashboard.components import figure, patch_gallery
from dashboard.components.outcomes import most_wrong_first, with_outcome
from idc_core.metrics.confusion import Confusion
from idc_core.store import PatchStore

_SHARES = {"of each row": "row", "of each column": "column"}


def show(counts: Confusion) -> None:
    """Counts and rates, axes in words; a click or a button chooses a cell."""
    share = st.segmented_control(
        "Shares", list(_SHARES), default="of each row", key="matrix_share", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    table = matrix_table(counts, _SHARES[share or "of each row"])
    picked = _picked()
    figure.altair(
        matrix_chart(table, picked),
        key="matrix",
        alt_text=f"Confusion matrix: {counts.tp} found, {counts.fn} missed IDC, "
        f"{counts.fp} false alarms, {counts.tn} left alone",
        caption="Click a cell to see its patches.",
        table=table[["label", "call", "outcome", "count", "share"]],
        on_select=_clicked,
        selection=SELECTION,
    )
    with st.container(horizontal=True, gap="small"):
        for outcome in OUTCOMES:
            st.button(
                f"{LETTERS[outcome]}", key=f"cell_{outcome}", help=f"Show: {WORDS[outcome]}",
                on_click=_pick, args=(outcome,),
                type="primary" if picked == outcome else "secondary",
            )  # fmt: skip


def gallery(rows: pd.DataFrame, threshold: float, store: PatchStore | None) -> None:
    """The patches of the chosen cell, most confident first."""
    picked = _picked()
    if picked is None:
        return
    named = with_outcome(rows, threshold)
    some = most_wrong_first(named[named["outcome"] == picked], threshold)
    st.subheader(f"{WORDS[picked].capitalize()}: {len(some):,} patches, most confident first")
    if some.empty:
        st.caption("No patch at this threshold.")
        return
    patch_gallery.show(some, store, key=f"cell_gallery_{picked}", to_patients=True)


def _clicked() -> None:
    found = st.session_state["matrix"]["selection"].get(SELECTION) or []
    if found:
        _pick(str(found[0]["outcome"]))


def _pick(outcome: str) -> None:
    st.query_params["cell"] = outcome


def _picked() -> str | None:
    cell = st.query_params.get("cell")
    return cell if cell in OUTCOMES else None
