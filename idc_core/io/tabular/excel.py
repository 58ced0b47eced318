"""Spreadsheets: .xlsx and .xls, by a reader that is installed for them (calamine)."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from idc_core.io.refusal import Refusal
from idc_core.io.tabular.content import unreadable
from idc_core.io.tabular.header import Misfit, header_of
from idc_core.io.tabular.sheet_size import MOST_CELLS, refuse_vast
from idc_core.io.tabular.table import MOST_COLUMNS, Table


def read_excel(content: bytes, path: Path, *, has_header: bool | None = None) -> Table:
    """Read the first sheet of a spreadsheet that holds a table; every column holds texts, whole
    numbers without a point.

    Raises `Refusal` where the reader is not installed, with the line that installs it.
    """
    try:
        import python_calamine as calamine
    except ImportError:
        raise Refusal(
            f"expected a CSV or Parquet table in {path}: it is a spreadsheet, and what reads those "
            "is not installed. Save the sheet as CSV UTF-8, or install it: "
            "pip install -r requirements-excel.txt."
        ) from None
    try:
        if content.startswith(b"PK"):
            refuse_vast(content, path)
        book = calamine.load_workbook(io.BytesIO(content))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        filled = [(name, sheet) for name, sheet in sheets if sheet.height]
        if not filled:
            raise Refusal(f"expected a table in {path}: it cannot be read, as it is empty.")
        tables = [pair for pair in filled if pair[1].height > 1 and pair[1].width > 1]
        name, sheet = (tables or filled)[0]
        if sheet.height * sheet.width > MOST_CELLS or sheet.width > MOST_COLUMNS:
            raise Refusal(
                f"expected a sheet of at most {MOST_CELLS:,} cells in {path}: it has more."
            )
        grid = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as broken:
        if isinstance(broken, Refusal):
            raise
        raise unreadable(path, broken) from None
    notes = []
    if len(filled) > 1:
        others = ", ".join(f"“{other}”" for other, _ in filled[:6] if other != name)
        notes.append(f"Read from the sheet “{name}”, not from {others}.")
    return _table(grid, path, notes, has_header)


def _table(
    grid: Sequence[Sequence[str]], path: Path, notes: list[str], has_header: bool | None
) -> Table:
    rows = [row for row in grid if any(row)]
    most = max(sum(map(bool, row)) for row in rows)
    above = next(at for at, row in enumerate(rows) if 2 * sum(map(bool, row)) > most)
    if above:
        notes.append(f"{above} {'rows' if above > 1 else 'row'} above the table left out.")
    first, body = rows[above], rows[above + 1 :]
    try:
        header = header_of(first, body[:200], len(first), has_header=has_header)
    except Misfit as misfit:
        raise Refusal(f"expected a header that fits the rows of {path}: {misfit}.") from None
    if not header.is_row:
        body = rows[above:]
    columns = {
        name: pa.array([row[at] or None for row in body], pa.large_string())
        for at, name in enumerate(header.names)
    }
    kept = {
        name: cells
        for name, cells in columns.items()
        if name in first or cells.null_count < len(cells)
    }
    return Table(path, "Excel", pa.table(kept), (*notes, *header.notes))


def _text(cell: Any) -> str:
    """A cell as it reads; a whole number, which a spreadsheet keeps as a float, without a point."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()
