"""The one CSV: a table's own columns untouched, the facts beside them in columns of their own.

A table is turned into text when it is asked for, not when a page is drawn, so it may be large:
each column is written at once and every different text is made safe once.
"""

import csv
import io
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from idc_core.data.known_labels import blanked
from idc_core.data.places import SLIDE, place_of
from idc_core.facts import names
from idc_core.facts.record import Facts
from idc_core.io.safe_csv import safe_cell

_SLIDE_FILE = "file of a slide"
"""What `file` is in a table whose slides have names of their own."""


def table_csv(table: pd.DataFrame, facts: Facts) -> str:
    """`table` without its index, then the facts; raises `ValueError` where a column of the table
    has the name of a fact."""
    table = blanked(table)
    known = facts.columns()
    taken = [name for name in known if name in table.columns]
    if taken:
        raise ValueError(f"expected no column called as a fact is: found {', '.join(taken)}.")
    own = _lines([[safe_cell(name) for name in table.columns]])
    kinds = [_SLIDE_FILE if (name == "file" and SLIDE in table) else str(name) for name in table]
    cells = [_cells(kind, table.iloc[:, at]) for at, kind in enumerate(kinds)]
    head = own.removesuffix("\n") + "," + _lines([list(known)])
    # No cell holds the end of a line (`safe_cell`), so that what all rows share is made once.
    tail = "," + _lines([[safe_cell(value) for value in known.values()]])
    return head + _lines(zip(*cells, strict=True)).replace("\n", tail)


def counted(table: pd.DataFrame) -> tuple[int, int] | None:
    """Patches and patients of a table with a row per patch (or several: each patch counts once) or
    a row per patient and its `patches`; None for other tables."""
    if {"patient", "x", "y"} <= set(table.columns):
        known = table[place_of(table)].dropna().drop_duplicates()
        return len(known), int(known["patient"].nunique())
    if {"patient", "patches"} <= set(table.columns) and table["patient"].is_unique:
        return int(table["patches"].sum()), len(table)
    return None


def _lines(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(name: str, column: "pd.Series[Any]") -> list[str]:
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    if kind in "iu":
        return list(map(str, column.tolist()))
    if kind == "f":
        # As many digits as tell its own numbers apart: a float32 is not written as a float64.
        values = column.tolist() if column.dtype == np.float64 else column.to_numpy()
        return ["" if text == "nan" else text for text in map(str, values)]
    known: dict[Hashable, str] = {}
    return [_cell(name, value, known) for value in column.astype(object)]


def _cell(name: str, value: object, known: dict[Hashable, str]) -> str:
    if not isinstance(value, str):
        return safe_cell(value)
    found = known.get(value)
    if found is None:
        found = known[value] = safe_cell(_told(name, value))
    return found


def _told(name: str, text: str) -> str:
    """The text as an export may give it, see `names`."""
    if name == _SLIDE_FILE:
        return names.slide_file(text)
    is_whose = "patient" in name or name.partition("_")[0] == SLIDE
    return names.shown(text) if is_whose else names.told(text)
