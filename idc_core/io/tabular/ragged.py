"""Rows that have not as many fields as the others: a cut last line, comments, short and long rows.

Short rows are filled up, as spreadsheets leave out empty cells at the end; a row that is longer
than the header is a separator inside of a text, and nobody knows which of its fields is which.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa

from idc_core.io.refusal import Refusal
from idc_core.io.tabular.layout import fields

MOST_ROWS = 10_000
"""Rows that may be filled up."""


def quote_left_open(row: int, path: Path) -> Refusal:
    """A sentence for a quote without its partner."""
    return Refusal(
        f"expected quotes in pairs in {path}: one in row {row:,} is not closed, and the rows below "
        "it would be read as one text. Close it, or take it out."
    )


class Ragged:
    """Collects the rows that Arrow hands over, and puts them where they stood."""

    def __init__(self, width: int, sign: str) -> None:
        self.width, self.sign = width, sign
        self._rows: list[tuple[int, list[str], str]] = []
        self._long: tuple[int, int, str] | None = None
        self._open: int | None = None

    def take(self, row: Any) -> str:
        """What Arrow calls for each such row: go on, or stop."""
        text = str(row.text)
        if text.count('"') % 2 and "\n" in text.strip():
            self._open = row.number
            return "error"
        found = fields(text, self.sign)
        if not text.lstrip().startswith("#"):
            while len(found) > self.width and found[-1] == "":
                found.pop()
            if len(found) > self.width:
                self._long = self._long or (row.number, len(found), text)
                return "error"
        self._rows.append((row.number, found, text))
        return "skip" if len(self._rows) <= MOST_ROWS else "error"

    def refused(self, path: Path) -> Refusal | None:
        """Why reading stopped, if it stopped here."""
        if self._open is not None:
            return quote_left_open(self._open, path)
        if self._long is not None:
            row, count, text = self._long
            return Refusal(
                f"expected {self.width} fields in every row of {path}: row {row:,} has {count}: "
                f"{text[:80]!r}. Put quotes around texts that hold the separator."
            )
        if len(self._rows) > MOST_ROWS:
            row, found, text = self._rows[0]
            return Refusal(
                f"expected {self.width} fields in every row of {path}: more than {MOST_ROWS:,} "
                f"rows have another number, first row {row:,} with {len(found)}: {text[:80]!r}."
            )
        return None

    def mended(self, table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
        """The table with short rows in their places, and what was done, in sentences."""
        if not self._rows:
            return table, ()
        notes, filled = [], []
        last = len(table) + len(self._rows)
        for row, found, text in self._rows:
            if text.lstrip().startswith("#"):
                notes.append(f"Row {row:,} is a comment: left out.")
            elif row == last and len(found) < self.width:
                notes.append(
                    f"The last line is no whole row, cut off perhaps: row {row:,}, {text[:60]!r}, "
                    "is left out."
                )
            else:
                filled.append((row, found))
        if filled:
            short = [row for row, found in filled if len(found) < self.width]
            table = self._with(table, filled)
            if short:
                many = f"{len(short):,} rows are" if len(short) > 1 else "One row is"
                notes.append(
                    f"{many} shorter than the header (first row {short[0]:,}): their last cells "
                    "are taken as empty."
                )
        return table, tuple(notes[:20])

    def _with(self, table: pa.Table, filled: list[tuple[int, list[str]]]) -> pa.Table:
        added = pa.table(
            {
                name: pa.array(
                    [found[at] or None if at < len(found) else None for _, found in filled],
                    pa.large_string(),
                )
                for at, name in enumerate(table.column_names)
            }
        )
        out = {row for row, _, _ in self._rows}
        total = len(table) + len(self._rows)
        places = [row for row in range(1, total + 1) if row not in out]
        order = [*places, *(row for row, _ in filled)]
        joined = pa.concat_tables([table, added])
        return joined.take(pa.array(sorted(range(len(order)), key=order.__getitem__)))
