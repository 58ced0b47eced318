"""The confusion matrix, and the patches of the selected cell."""

from functools import lru_cache

import streamlit as st

from dashboard.cache.predictions import SplitScores
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.confusion import SELECTION, matrix_chart, matrix_table
from dashboard.charts.moves import of_matrix
from dashboard.charts.template import Spec, in_arrow
from dashboard.charts.theme import LETTERS, OUTCOMES, plain
from dashboard.state import choices
from dashboard.widgets import chart_key, figure, patch_gallery
from dashboard.widgets.live import live
from dashboard.widgets.outcomes import of_outcome
from idc_core.data.stores.store import PatchStore
from idc_core.facts import matrix_words
from idc_core.facts.outcomes import words_of
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

NOT_IN_MEMORY = (
    "This run holds too many predictions to list their patches here. Its patients are listed on "
    "the page Patients."
)
_SHARES = {"row": "% of label", "column": "% of prediction"}


def show(counts: Confusion, raster: Raster, sent: Confusion, drawn: float) -> None:
    """Draw counts and rates; a click or a button selects a cell. The chart is sent with the counts
    at the threshold `drawn`."""
    picked, words = _picked(), words_of(raster)
    share = choices.now("matrix_share", _SHARES)
    key = chart_key.key("matrix", picked)

    def clicked() -> None:
        found = st.session_state[key]["selection"].get(SELECTION) or []
        if found:
            chart_key.chosen_here("matrix", str(found[0]["outcome"]))
            _pick(str(found[0]["outcome"]))

    with st.container(key="matrix"):
        figure.altair(
            _sent(sent, raster, share, picked),
            key=key,
            alt_text="Confusion matrix: label against prediction",
            on_select=clicked,
            selection=SELECTION,
            moves=of_matrix(share),
            drawn=drawn,
        )
    # Beside the chart: the browser redraws a chart whose own description changes.
    read = "matrix.read"
    said = live(read, matrix_words.matrix(counts, raster)[read])
    st.html(f'<div class="idc-read" role="status">{said}</div>')
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for outcome in OUTCOMES:
            st.button(
                LETTERS[outcome],
                key=f"cell_{outcome}",
                help=f"Show the patches: {plain(words[outcome])}",
                on_click=_toggle,
                args=(outcome,),
                type="primary" if picked == outcome else "secondary",
            )
        choices.segmented("Shares", "matrix_share", _SHARES, label_visibility="collapsed")


def gallery(
    found: SortedSplit, counts: Confusion, threshold: float, store: PatchStore | None
) -> None:
    """The patches of the selected cell, farthest from the threshold first."""
    picked = _picked()
    if picked is None:
        st.caption("Click a cell of the matrix, or its button, to see its patches here.")
        return
    if not isinstance(found, SplitScores):
        st.caption(NOT_IN_MEMORY)
        return
    some = of_outcome(found.rows, threshold, picked)
    words = words_of(found.raster)[picked]
    total = int(getattr(counts, picked))
    st.header(
        f"{plain(words[0].upper() + words[1:])} ({LETTERS[picked]}): {total:,} patches, "
        "most confident first" + f"; the first {len(some):,} are shown" * (len(some) < total),
        anchor=False,
    )
    if some.empty:
        st.caption("No patch at this threshold.")
        return
    patch_gallery.show(some, store, found.raster, key=f"cell_gallery_{picked}", to_patients=True)


@lru_cache(maxsize=64)
def _sent(counts: Confusion, raster: Raster, share: str, picked: str | None) -> Spec:
    """The chart, which is mostly sent again as it was."""
    return in_arrow(matrix_chart(matrix_table(counts, raster, share), raster, picked))


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
