"""Reading a table of corrected labels, however it was written: who, where, which label.

The columns are found by name (`patient, x, y` or a file name; `label`, perhaps `original`), words
for the classes are understood as everywhere (`label_words`). What cannot be meant is refused by its
line; a row without a label is left out, as its patch keeps the one it has.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import UNLABELLED, is_known
from idc_core.data.label_words import asked_about, understand
from idc_core.data.places import PATCH, SLIDE, place_of
from idc_core.data.split.entries import is_file
from idc_core.data.tables import names
from idc_core.data.tables.column_names import KNOWN, all_of
from idc_core.data.tables.slide_column import Whose, slide_beside, tells_apart
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import read_cell
from idc_core.io.tabular import Table, forms, numbers, open_table

KEY = [*PATCH]

_CORRECTED = ("label", "correctedlabel", "newlabel", "corrected", "labels")
_OTHERS = (*KNOWN["truth"], *(name for name in KNOWN["label"] if name != "y"))
_ORIGINAL = ("original", "originallabel", "oldlabel")

_LARGEST = 999_999
"""Of a place, in pixels."""


@dataclass(frozen=True, slots=True)
class LabelRows:
    """`frame` (columns `KEY`, `label`, `original` or `nan`, and `slide` behind the patient where
    the table names it), each patch once, and what to know."""

    frame: pd.DataFrame
    notes: tuple[str, ...]


def read_label_rows(path: Path) -> LabelRows:
    """Read a table of labels; raises `Refusal` naming the row that will not do."""
    table = open_table(path)
    if not len(table):
        raise Refusal(f"expected labels in {path}: the table has no row under its header.")
    column = _label_column(table)
    labels, notes = _labels(table, column)
    frame = _places(table, notes)
    frame["label"] = labels
    original = _first(table, _ORIGINAL)
    frame["original"] = np.nan if original is None else _original(table, original)
    frame = frame.assign(row=np.arange(1, len(frame) + 1))
    empty = frame["label"] == UNLABELLED
    if empty.all():
        raise Refusal(
            f"expected labels in the column {column!r} of {path}: all {len(frame):,} rows are "
            "empty there."
        )
    if empty.any():
        notes.append(
            "One row has no label, left out: its patch keeps the label that it has."
            if empty.sum() == 1
            else f"{int(empty.sum()):,} rows have no label, left out: their patches keep the "
            "labels that they have."
        )
    frame = _each_once(frame[~empty], path, notes)
    return LabelRows(
        frame.drop(columns="row").astype({"x": int, "y": int, "label": int}).reset_index(drop=True),
        (*table.notes, *notes),
    )


def patch_in_words(place: Mapping[Any, Any]) -> str:
    """A patch in a sentence.

    >>> patch_in_words({"patient": "four", "slide": "b", "x": 1.0, "y": 51.0})
    'patient four, slide b, x1 y51'
    """
    slide = f", slide {str(place[SLIDE])[:64]}," if place.get(SLIDE) else ""
    return f"patient {str(place['patient'])[:64]}{slide} x{place['x']:.0f} y{place['y']:.0f}"


def _label_column(table: Table) -> str:
    named = _first(table, _CORRECTED) or _first(table, _OTHERS)
    if named is None:
        raise Refusal(
            f"expected the columns patient, x, y, label (or a file name and label) in {table.path}:"
            f" label missing among {', '.join(table.columns)[:200]}. The Labels page exports such "
            "a table."
        )
    return named


def _labels(table: Table, column: str) -> tuple[npt.NDArray[np.int8], list[str]]:
    """The label of every row, `UNLABELLED` where the cell is empty."""
    cells = table.read([column])[column]
    texts = cells.astype("string").fillna("").astype(str).str.strip()
    counts = Counter(texts)
    understood = understand(counts)
    if understood.unknown:
        word = next(iter(understood.unknown))
        row = int(np.argmax((texts == word).to_numpy())) + 1
        raise Refusal(
            f"expected 0 or 1 as label (no IDC, IDC), or words for them, in {table.path}: the "
            f"column {column!r} holds {asked_about(understood.unknown)}, first in row {row:,}. "
            "Write 0 or 1 there, or nothing where the label shall stay."
        )
    words = {word: label for word, label in understood.meanings.items() if word not in _USUAL}
    said = ", ".join(f"“{word[:40]}” is {_CLASSES[label]}" for word, label in words.items())
    notes = [f"Labels are read so: {said}."] if said else []
    return np.array([understood.meanings[word] for word in texts], np.int8), notes


_USUAL = frozenset(("0", "1", "0.0", "1.0", ""))
_CLASSES = {1: "IDC", 0: "no IDC", UNLABELLED: "no label"}


def _original(table: Table, column: str) -> npt.NDArray[np.float64]:
    """The labels that the table was made from, nan where it does not say."""
    found, _ = _labels(table, column)
    return np.where(is_known(found), found, np.nan).astype(np.float64)


def _places(table: Table, notes: list[str]) -> pd.DataFrame:
    """`patient, x, y`, and `slide` where the table names it, of every row."""
    columns = {name: _first(table, KNOWN[name]) for name in KEY}
    missing = [name for name, column in columns.items() if column is None]
    path = _file_column(table)
    if missing and path is None:
        raise Refusal(
            f"expected the columns patient, x, y, label (or a file name and label) in {table.path}:"
            f" {', '.join(missing)} missing among {', '.join(table.columns)[:200]}. The Labels "
            "page exports such a table."
        )
    whose = _whose(table, columns["patient"], [path] if missing else [columns["x"], columns["y"]])
    if missing and path is not None:
        found = names.of_files(table.read([path])[path])
        notes.append(f"Patches are read from the file names in “{path}”.")
        if whose.slide is not None:
            found = _and(found, names.of_patients(_cells(table, str(whose.patient))))
    else:
        found = names.of_patients(_cells(table, str(whose.patient)))
        for name in ("x", "y"):
            column = str(columns[name])
            cells = table.read([column])[column]
            found.frame[name] = _whole(table, cells, name)
    if whose.slide is not None:
        found = _and(found, names.of_slides(_cells(table, whose.slide)))
    if (bad := found.reasons != "").any():
        row = int(np.argmax(bad))
        raise Refusal(
            f"expected a patch in every row of {table.path}: row {row + 1:,} has "
            f"{found.reasons[row]}, and {int(bad.sum()) - 1:,} more have none."
        )
    notes.extend(found.notes)
    return found.frame[place_of(found.frame)].astype(dict.fromkeys(place_of(found.frame)[:-2], str))


def _whose(table: Table, patient: str | None, place: list[str | None]) -> Whose:
    """The columns of patient and slide; beside a patient a slide is read also where each has one:
    the data that the labels are of may have more."""

    def cells(name: str) -> "pd.Series[Any]":
        return table.read([name])[name]

    said = [name for name in place if name is not None]
    beside = patient not in all_of(table.columns, KNOWN["slide"])
    found = slide_beside(cells, table.columns, patient, said, lambda _: beside)
    if found.slide is None or found.patient is None or not cells(found.slide).isna().any():
        return found
    return found if tells_apart(cells(found.patient), cells(found.slide)) else Whose(patient, None)


def _cells(table: Table, name: str) -> "pd.Series[str]":
    cells = table.read([name])[name].astype("string").map(read_cell, na_action="ignore")
    return cells.astype("str")


def _and(found: names.Names, more: names.Names) -> names.Names:
    """The same rows with further columns, or others in their place."""
    return names.Names(
        found.frame.assign(**{str(name): more.frame[name] for name in more.frame}),
        np.where(found.reasons == "", more.reasons, found.reasons),
        (*found.notes, *more.notes),
    )


def _whole(table: Table, cells: "pd.Series[str]", name: str) -> npt.NDArray[np.float64]:
    values = numbers(cells)
    good = (values == np.round(values)) & (values >= 0) & (values <= _LARGEST)
    if not good.all():
        row = int(np.argmin(good))
        found = "nothing" if cells.isna().iloc[row] else repr(str(cells.iloc[row])[:40])
        how = " and ".join(forms(cells.iloc[[row]].dropna().astype(str)))
        raise Refusal(
            f"expected a whole number as {name} in row {row + 1:,} of {table.path}: found {found}"
            f"{f' ({how})' if how else ''}."
        )
    return values


def _file_column(table: Table) -> str | None:
    samples = table.samples()
    known = all_of(table.columns, KNOWN["path"])
    return next(
        (name for name in (*known, *table.columns) if any(map(is_file, samples[name]))), None
    )


def _first(table: Table, known: tuple[str, ...]) -> str | None:
    return next(iter(all_of(table.columns, known)), None)


def _each_once(frame: pd.DataFrame, path: Path, notes: list[str]) -> pd.DataFrame:
    """A patch that comes again with the same label counts once; with another, it is refused."""
    key = place_of(frame)
    again = frame.duplicated(key, keep=False)
    if not again.any():
        return frame
    several = frame[again].groupby(key, sort=False)["label"].nunique() > 1
    if several.any():
        place = dict(zip(key, several[several].index[0], strict=True))
        mine = frame[(frame[key] == pd.Series(place)).all(axis=1)]
        rows = " and ".join(
            f"{row:,} ({label})" for row, label in zip(mine["row"], mine["label"], strict=True)
        )
        more = int(several.sum()) - 1
        others = f", and {more:,} more patches do so" if more else ""
        raise Refusal(
            f"expected one label for each patch in {path}: {patch_in_words(place)} "
            f"has several, in the rows {rows}{others}. Keep the one that holds."
        )
    once = frame.drop_duplicates(key)
    count = len(frame) - len(once)
    notes.append(
        f"{count:,} {'rows repeat' if count > 1 else 'row repeats'} a patch with the same "
        "label: taken once."
    )
    return once
