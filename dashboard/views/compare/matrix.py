"""Label × A × B in words, and the patches of the selected cell."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.moves import of_cells
from dashboard.charts.theme import counted, many, plain
from dashboard.views.compare import choice
from dashboard.views.compare.charts import (
    COLUMNS,
    OUTCOME,
    SELECTION,
    cell_chart,
    cell_table,
)
from dashboard.views.compare.notes import Basis
from dashboard.views.compare.points import Points
from dashboard.widgets import chart_key, figure, live, patch_gallery
from dashboard.widgets.live import OwnTable
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import compare
from idc_core.evaluate.compare import Pair
from idc_core.facts import cell_words
from idc_core.facts.cell_words import CELL_WORDS, PLACES, labels_of
from idc_core.metrics.paired import CELLS
from idc_core.records.raster import Raster

MOST = 480
"""Patches a gallery can be paged through."""
_FIRST = "broken_idc"
_NONE = "none"


def show(
    counts: npt.NDArray[np.int64], basis: Basis, raster: Raster, own: OwnTable | None = None
) -> None:
    """Draw the eight counts; a click or a button selects one.

    `own`: what is said of them at other thresholds.
    """
    picked = _picked()
    key = chart_key.key("compare_matrix", picked)

    def clicked() -> None:
        found = st.session_state[key]["selection"].get(SELECTION) or []
        if found:
            chart_key.chosen_here("compare_matrix", str(found[0]["cell"]))
            choice.remember("pair", str(found[0]["cell"]))

    table = cell_table(counts, raster)
    with st.container(key="compare_matrix_box"):
        figure.altair(
            cell_chart(table, raster, picked),
            key=key,
            alt_text="Patches by label and predictions of both models",
            caption=f"{int(counts.sum()):,} patches with their share of the label; colours show "
            "B's outcome. Click a cell, or its button, for its patches.",
            table=basis.on(table[["label", "what", "patches"]]),
            of=basis.count,
            title=f"Patches by label and predictions of both models: {basis.said}",
            on_select=clicked,
            selection=SELECTION,
            moves=of_cells(PLACES, own.address) if own is not None and own.address else None,
        )
    # Beside the chart: the browser redraws a chart whose own description changes.
    read = "cells.read"
    said = live.live(read, cell_words.cells(counts, raster)[read])
    st.html(f'<div class="idc-read"{live.with_table(own)} role="status">{said}</div>')
    wide = max(52, 8 * max(map(len, labels_of(raster))))
    for row, label in enumerate(labels_of(raster)):
        _buttons(row, label, picked, wide)


def _buttons(row: int, label: str, picked: str | None, wide: int) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(plain(label), width=wide)
        for name, (own, column) in PLACES.items():
            if own == row:
                st.button(
                    COLUMNS[column],
                    key=f"pair_{name}",
                    on_click=_toggle,
                    args=(name,),
                    help=f"Show the patches: {plain(label)}, {CELL_WORDS[name]}",
                    type="primary" if picked == name else "secondary",
                )


def gallery(
    pair: Pair,
    points: Points,
    total: npt.NDArray[np.int64],
    store: PatchStore | None,
    raster: Raster,
) -> None:
    """The patches of the selected cell, largest change of score first."""
    picked = _picked()
    if picked is None:
        st.caption("Click a cell of the matrix, or its button, to see its patches here.")
        return
    some = compare.patches_of(pair, points.a, points.b, picked, most=MOST)
    count = int(total[CELLS.index(picked)])
    row, _ = PLACES[picked]
    label = plain(labels_of(raster)[row])
    st.header(
        f"{label}, {CELL_WORDS[picked]}: {counted(count, 'patch', 'patches')}, "
        "largest change of score first"
        + f"; the first {many(len(some))} are shown"
        * (len(some) < count),
        anchor=False,
    )
    if some.empty:
        st.caption("No patch in this cell.")
        return
    shown = some.assign(score=some["score_b"], outcome=OUTCOME[picked])
    patch_gallery.show(shown, store, raster, key=f"pair_gallery_{picked}", to_patients=True)


def _toggle(name: str) -> None:
    choice.remember("pair", _NONE if _picked() == name else name)


def _picked() -> str | None:
    cell = choice.remembered("pair", _FIRST)
    return cell if cell in CELLS else None
