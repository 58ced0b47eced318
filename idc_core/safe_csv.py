"""CSV whose cells come from files that nobody has checked: names, mostly.

A spreadsheet takes `=…` for a formula and a terminal takes escape codes for orders; neither passes.
"""

import csv
import io
from collections.abc import Iterable


def safe_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as text, every cell made safe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()


def safe_cell(value: object) -> str:
    """A value that is no formula and holds no control characters.

    >>> safe_cell("=cmd()"), safe_cell("a\\nb")
    ("'=cmd()", 'a\\\\nb')
    """
    text = str(value)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
