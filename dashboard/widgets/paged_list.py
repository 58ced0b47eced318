"""A list that is shown page by page; a row that is pressed opens its patient, and is marked when
one comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.state import list_place, selection
from dashboard.state.list_place import Place
from dashboard.widgets import guarded, paged_table
from dashboard.widgets.live import OwnTable
from dashboard.widgets.paged_table import Column

_LEFT, _RETURNING, _OPENS = "patient_left", "patient_returns", "open_patients"
Cells = Sequence[Sequence[str]]


def _patient(name: str) -> dict[str, str]:
    return {"patient": name}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedList:
    """What a list shows. `key`: its name in the address; `usual`: its order at first; `every`: how
    many rows it has without any filter.

    `name`: the column that names a row, and is searched; `chosen`: what is selected by a row that
    is called so. `write` gives the cells of a page's rows, and what they say at other thresholds
    than `at`.
    """

    key: str
    named: str
    columns: Sequence[Column]
    usual: Place
    every: int
    write: Callable[[pd.DataFrame], tuple[Cells, OwnTable | None]]
    at: float | None = None
    name: str = "patient"
    searched: str = "Find a patient"
    chosen: Callable[[str], dict[str, str]] = _patient


def leave(patient: str) -> None:
    """Go back from a patient to the list, to the page that the patient is on."""
    st.session_state[_LEFT] = patient
    st.session_state[_RETURNING] = True
    selection.change(patient=None)


@guarded.fragment()
def show(table: pd.DataFrame, listing: PagedList) -> None:
    """Draw a page of a table; another page redraws this part alone.

    The page that a list is on asks `patch_gallery.go` at its start, or forgets "open_patients".
    """
    if st.session_state.get(_OPENS):
        st.rerun()  # a row was pressed: all of the page is another
    place = paged_table.place_of(listing.key, listing.columns, listing.usual)
    shown = paged_table.listed(table, place, listing.name)
    left = st.session_state.get(_LEFT)
    if st.session_state.pop(_RETURNING, False):
        page = paged_table.page_of(shown.found, listing.name, str(left))
        shown = paged_table.listed(table, replace(place, page=page or place.page), listing.name)
    list_place.put(listing.key, shown.place, listing.usual)

    def opened(name: str) -> None:
        st.session_state[_LEFT] = name
        st.session_state[_OPENS] = True
        selection.change(**listing.chosen(name))

    cells, own = listing.write(shown.rows)
    paged_table.show(
        shown,
        listing.columns,
        cells,
        key=listing.key,
        usual=listing.usual,
        named=listing.named,
        searched=listing.searched,
        on_open=opened,
        every=listing.every,
        marked=left,
        at=listing.at,
        table=own,
    )
