"""How large the sheets of a spreadsheet are, before a reader makes room for them.

The reader lays out a rectangle up to the farthest cell: two cells at opposite corners, a kilobyte
in the file, would take more memory than there is, and end the program. So the places of cells are
looked up first, and every part is unpacked once by a reader that holds it to what it says.
"""

import io
import re
import zipfile
from pathlib import Path

from idc_core.io import archives
from idc_core.io.refusal import Refusal

MOST_CELLS = 20_000_000
"""Of a sheet: 277,524 rows of 70 columns."""

MOST_BYTES = 300_000_000
"""Of all parts, unpacked."""

_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{0,4})\$?(\d{1,9})\s*["']""")
_HIDDEN = re.compile(rb"""\sr\s*=\s*["'][^"']*&""")
_OTHERS = {"xl/workbook.bin": ".xlsb", "content.xml": ".ods"}


def refuse_vast(content: bytes, path: Path) -> None:
    """Raise `Refusal` for a workbook (a zip) whose sheets are too large, or of another format."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = set(book.namelist())
        for part, ending in _OTHERS.items():
            if part in names:
                raise Refusal(
                    f"expected a spreadsheet as .xlsx in {path}: it is one as {ending}. Save it as "
                    ".xlsx, or as CSV UTF-8."
                )
        if sum(entry.file_size for entry in book.infolist()) > MOST_BYTES:
            raise Refusal(
                f"expected a spreadsheet of at most {MOST_BYTES:,} bytes, unpacked, in {path}: it "
                "has more. Save it as CSV UTF-8."
            )
        for entry in book.infolist():
            text = archives.read(book, entry.filename, MOST_BYTES)
            if entry.filename.lower().startswith("xl/worksheets/"):
                _refuse_vast_sheet(text, path)


def _refuse_vast_sheet(text: bytes, path: Path) -> None:
    if b"\x00" in text or _HIDDEN.search(text):
        raise Refusal(f"expected a spreadsheet as Excel writes it in {path}: save it again there.")
    places = set(_PLACE.findall(text))
    rows = max((int(row) for _, row in places), default=0)
    columns = max((_column(letters) for letters, _ in places), default=0)
    if rows * max(columns, 1) > MOST_CELLS:
        raise Refusal(
            f"expected a sheet of at most {MOST_CELLS:,} cells in {path}: its farthest cells are "
            f"in row {rows:,} and column {columns:,}. Delete what lies outside of the table, or "
            "save it as CSV UTF-8."
        )


def _column(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for sign in letters.upper():
        number = 26 * number + sign - 64
    return number
