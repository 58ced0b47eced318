"""The confusion matrix, and the patches of the selected cell."""

import pandas as pd
import streamlit as st

from dashboard.charts.confusion import SELECTION, matrix_chart, matrix_table
from dashboard.charts.theme import LETTERS, OUTCOMES, WORDS
from dashboard.state import choices
from dashboard.widgets import chart_key, figure, patch_gallery
from dashboard.widgets.outcomes import of_outcome
from idc_core.data.stores.store import PatchStore
from idc_core.metrics.confusion import Confusion

_SHARES = {"row": "% of label", "column": "% of prediction"}


def show(counts: Confusion) -> None:
    """Draw counts and rates; a click or a button selects a cell."""
    picked = _picked()
    share = choices.now("matrix_share", _SHARES)
    key = chart_key.key("matrix", picked)

    def clicked() -> None:
        found = st.session_state[key]["selection"].get(SELECTION) or []
        if found:
            chart_key.chosen_here("matrix", str(found[0]["outcome"]))
            _pick(str(found[0]["outcome"]))

    with st.container(key="matrix"):
        figure.altair(
            matrix_chart(matrix_table(counts, share), picked),
            key=key,
            alt_text="Confusion matrix: label against prediction",
            on_select=clicked,
            selection=SELECTION,
        )
    # Beside the chart: the browser redraws a chart whose own description changes.
    st.html(
        f'<div class="idc-read" role="status">{counts.tp:,} IDC found, {counts.fn:,} missed IDC, '
        f"{counts.fp:,} false alarms, {counts.tn:,} true negatives</div>"
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for outcome in OUTCOMES:
            st.button(
                LETTERS[outcome],
                key=f"cell_{outcome}",
                help=f"Show the patches: {WORDS[outcome]}",
                on_click=_toggle,
                args=(outcome,),
                type="primary" if picked == outcome else "secondary",
            )
        choices.segmented("Shares", "matrix_share", _SHARES, label_visibility="collapsed")


def gallery(
    rows: pd.DataFrame, counts: Confusion, threshold: float, store: PatchStore | None
) -> None:
    """The patches of the selected cell, farthest from the threshold first."""
    picked = _picked()
    if picked is None:
        st.caption("Click a cell of the matrix, or its button, to see its patches here.")
        return
    some = of_outcome(rows, threshold, picked)
    words = f"{WORDS[picked][0].upper()}{WORDS[picked][1:]}"
    total = int(getattr(counts, picked))
    st.header(
        f"{words} ({LETTERS[picked]}): {total:,} patches, most confident first"
        + f"; the first {len(some):,} are shown" * (len(some) < total),
        anchor=False,
    )
    if some.empty:
        st.caption("No patch at this threshold.")
        return
    patch_gallery.show(some, store, key=f"cell_gallery_{picked}", to_patients=True)


def _pick(outcome: str) -> None:
    st.query_params["cell"] = outcome


def _toggle(outcome: str) -> None:
    if _picked() == outcome:
        del st.query_params["cell"]
    else:
        _pick(outcome)


def _picked() -> str | None:
    cell = st.query_params.get("cell")
    return cell if cell in OUTCOMES else None
