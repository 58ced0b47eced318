"""Where a list stands that the server shows page by page: its page, its order, what is searched.

It stands in the address under the list's name, so that a copied link opens the same page of the
same order; a list that is left and opened again stands as it was left.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st

from dashboard.state import choices, page_state

_KEPT = "lists_kept"
MOST_LETTERS = 80
"""Of what is searched; longer names are found by a part of theirs."""


@dataclass(frozen=True, slots=True)
class Place:
    """The `page`, from 1; the column of the order and its direction; the letters to be found."""

    order: str
    descending: bool = True
    page: int = 1
    search: str = ""


def now(name: str, columns: Collection[str], usual: Place) -> Place:
    """Where a list stands, as its address says; what that does not know is `usual`."""
    kept = st.session_state.setdefault(_KEPT, {})
    parts = {part: st.query_params.get(f"{name}_{part}") for part in ("page", "order", "search")}
    is_left = choices.is_first(name) and all(value is None for value in parts.values())
    if is_left and name in kept and kept[name].order in columns:
        return put(name, kept[name], usual)
    said = parts["order"] or ""
    order, page = said.removeprefix("-"), parts["page"] or ""
    known = order in columns
    place = Place(
        order=order if known else usual.order,
        descending=said.startswith("-") if known else usual.descending,
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
        search=(parts["search"] or "")[:MOST_LETTERS],
    )
    return put(name, place, usual)


def put(name: str, place: Place, usual: Place) -> Place:
    """Let a list stand there, and its address say so; gives the place."""
    st.session_state.setdefault(_KEPT, {})[name] = place
    is_usual = (place.order, place.descending) == (usual.order, usual.descending)
    order = None if is_usual else "-" * place.descending + place.order
    page_state.remember(f"{name}_page", None if place.page == 1 else str(place.page))
    page_state.remember(f"{name}_order", order)
    page_state.remember(f"{name}_search", place.search or None)
    return place


def asked(told: object, columns: Collection[str], known: Place) -> Place:
    """The place that the browser asks for; what it says that is none stays as it was.

    >>> known = Place("fn", page=3)
    >>> asked({"page": 2, "order": "fp", "descending": False, "search": "08"}, {"fn", "fp"}, known)
    Place(order='fp', descending=False, page=2, search='08')
    >>> asked({"page": "2", "order": "DROP"}, {"fn", "fp"}, known) == known
    True
    """
    if not isinstance(told, Mapping):
        return known
    given: Mapping[str, Any] = told
    fits: dict[str, Callable[[Any], bool]] = {
        "page": lambda value: type(value) is int and 0 < value < 10**9,
        "order": lambda value: isinstance(value, str) and value in columns,
        "descending": lambda value: isinstance(value, bool),
        "search": lambda value: isinstance(value, str) and len(value) <= MOST_LETTERS,
    }
    changed = {part: given[part] for part, is_one in fits.items() if is_one(given.get(part))}
    return replace(known, **changed)


def told(place: Place) -> dict[str, object]:
    """The same for the browser."""
    return asdict(place)
