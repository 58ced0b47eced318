"""A table of which the server shows a page at a time: it sorts, searches and counts; the browser
gets the rows of one page, whatever the length of the list.

Cells may follow the threshold while it moves: their texts are in a table of the page's own
(`threshold_table/of_rows.py`). The order is the server's, so it changes only once the threshold
rests.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.state import list_place
from dashboard.state.list_place import Place
from dashboard.widgets.live import OwnTable
from dashboard.widgets.script import script, style
from idc_core.facts import row_words

A_PAGE = 40
"""Rows that the browser gets at once."""
NAME = "name"
_HERE = Path(__file__).parent
_TABLE = st.components.v2.component(
    "idc_paged_table",
    html="""
<div class="paged">
  <div class="above">
    <label class="search"><span></span>
      <input type="search" autocomplete="off" spellcheck="false" maxlength="80"></label>
    <div class="pages" role="group" aria-label="Pages">
      <button type="button" class="first">First</button>
      <button type="button" class="previous">Previous</button>
      <span class="where" role="status"></span>
      <button type="button" class="next">Next</button>
      <button type="button" class="last">Last</button>
    </div>
  </div>
  <div class="scroll" role="region" tabindex="0"><table>
    <caption></caption><colgroup></colgroup><thead><tr></tr></thead><tbody></tbody>
  </table></div>
</div>""",
    css=style(_HERE / "paged_table.css"),
    js=script(_HERE / "paged_table.js"),
)

Kind = Literal["name", "text", "number", "share", "picture"]
"""What a column holds: the `name` that a row is known by, once; a text; a number, to the right; a
share in per cent, with a bar; a picture's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the list's table, where it has the same `key`.

    `moves`: its cells follow the threshold.
    """

    key: str
    title: str
    kind: Kind = "number"
    help: str = ""
    width: int = 84
    """px; a name takes what is left."""
    sorts: bool = True
    moves: bool = False
    ascending: bool = False
    """The direction that a first press of its title gives."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a page, all those that were found in their order, and where the list stands."""

    rows: pd.DataFrame
    found: pd.DataFrame
    place: Place

    @property
    def first(self) -> int:
        """How many rows are before those of the page."""
        return (self.place.page - 1) * A_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing is found."""
        return max(1, -(-len(self.found) // A_PAGE))


def listed(table: pd.DataFrame, place: Place, name: str) -> Listed:
    """A page of a table whose column `name` is searched; a page that is not there is the last.

    Rows of equal values stay in the table's own order; what is not defined comes last.
    """
    found = table
    if place.search:
        wanted = place.search.casefold()
        found = table[[wanted in str(each).casefold() for each in table[name]]]
    found = found.iloc[_order(found[place.order], descending=place.descending)]
    page = min(place.page, max(1, -(-len(found) // A_PAGE)))
    place = Place(place.order, place.descending, page, place.search)
    return Listed(found.iloc[(page - 1) * A_PAGE : page * A_PAGE], found, place)


Write = Callable[[Any], str]
_WRITTEN: dict[str, Write] = {
    "name": str,
    "text": str,
    "picture": str,
    "number": row_words.number,
    "share": row_words.share,
}


def cells(
    rows: pd.DataFrame, columns: Sequence[Column], others: Mapping[str, Write]
) -> list[list[str]]:
    """A text each row and column, written as the column's kind is, unless by one of `others`."""
    every = [
        [
            others.get(column.key, _WRITTEN[column.kind])(value)
            for value in rows[column.key].tolist()
        ]
        for column in columns
    ]
    return [list(own) for own in zip(*every, strict=True)]


def page_of(found: pd.DataFrame, name: str, row: str) -> int | None:
    """The page of the row that is called so; None where it is not found."""
    at = np.flatnonzero((found[name].astype(str) == row).to_numpy())
    return int(at[0]) // A_PAGE + 1 if len(at) else None


def show(
    shown: Listed,
    columns: Sequence[Column],
    written: Sequence[Sequence[str]],
    *,
    key: str,
    usual: Place,
    named: str,
    searched: str,
    on_open: Callable[[str], None],
    every: int,
    marked: str | None = None,
    at: float | None = None,
    table: OwnTable | None = None,
) -> None:
    """Draw a page; `on_open` gets the name of a row that is clicked, before the rerun.

    `written`: a text each row and column; `named`: what the table is of; `searched`: what the field
    says; `every`: rows before any filter; `marked`: the row that was opened last; `at`: the
    threshold of the cells that follow it, and `table` what they say at the others.
    """
    [name_of] = [column.key for column in columns if column.kind == NAME]
    names = shown.rows[name_of].astype(str).tolist()
    orders = {column.key for column in columns if column.sorts} | {usual.order}

    def opened() -> None:
        name = st.session_state[key].get("opened")
        if isinstance(name, str):
            on_open(name)

    def asked() -> None:
        told = st.session_state[key].get("asked")
        place = list_place.asked(told, orders, shown.place)
        list_place.put(key, place, usual)
        st.session_state[f"{key}_turn"] = told.get("turn") if isinstance(told, dict) else None

    data: dict[str, Any] = {
        "columns": [asdict(column) for column in columns],
        "rows": [
            {"name": name, "cells": list(own)} for name, own in zip(names, written, strict=True)
        ],
        "place": list_place.told(shown.place),
        "first": shown.first,
        "found": len(shown.found),
        "every": every,
        "pages": shown.pages,
        "named": named,
        "searched": searched,
        "marked": marked,
        "turn": st.session_state.get(f"{key}_turn"),
        "at": at,
        "table": {"address": table.address, "of": table.of} if table and table.address else None,
    }
    _TABLE(
        key=key,
        data=data,
        on_opened_change=opened,
        on_asked_change=asked,
        width="stretch",
        height="content",
    )


def place_of(key: str, columns: Collection[Column], usual: Place) -> Place:
    """Where the list stands."""
    orders = {column.key for column in columns if column.sorts} | {usual.order}
    return list_place.now(key, orders, usual)


def _order(values: "pd.Series[Any]", *, descending: bool) -> "np.ndarray":
    """Positions in an order that keeps equal values as they stand; undefined ones last."""
    if values.dtype.kind in "biuf":
        numbers = values.to_numpy(np.float64)
        unknown = np.isnan(numbers)
        signed = np.where(unknown, np.inf, -numbers if descending else numbers)
        return np.argsort(signed, kind="stable")
    names = values.astype(str).to_numpy(object)
    ranks = np.unique(names, return_inverse=True)[1] if len(names) else np.zeros(0, np.int64)
    return np.argsort(-ranks if descending else ranks, kind="stable")
