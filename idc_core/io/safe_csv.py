"""CSV whose cells come from files that nobody has checked: names, notes, tags.

A spreadsheet takes `=…` for a formula and a terminal takes escape codes for orders; neither passes.
Numbers stay the numbers they are: written in full, and `-0.3` is no formula.
"""

import csv
import io
import math
import re
from collections.abc import Iterable

import numpy as np

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also as wide signs
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def safe_csv(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A table as text, every cell made safe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()


def safe_cell(value: object) -> str:
    """A value that is no formula and holds no control characters; what is not known is empty.

    >>> safe_cell("=cmd()"), safe_cell("a\\nb"), safe_cell(-0.3), safe_cell(None)
    ("'=cmd()", 'a\\\\nb', '-0.3', '')
    """
    if _is_unknown(value):
        return ""
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return str(value)
    text = str(value)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return f"'{text}" if _is_formula(text) else text


def read_cell(text: str) -> str:
    """What stood in a cell before it was made safe, if only the apostrophe was added.

    >>> read_cell("'=a"), read_cell("'tis"), read_cell("-1")
    ('=a', "'tis", '-1')
    """
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text)


def _is_unknown(value: object) -> bool:
    # A missing value of pandas (NA, NaT) is not equal to itself, or says neither yes nor no.
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")
