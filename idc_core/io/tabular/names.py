"""Names of patients and files as texts, mended where a spreadsheet took them for numbers."""

import re
from typing import Any

import numpy as np
import pandas as pd

from idc_core.io.refusal import Refusal

_FORMULA = re.compile(r'="(.*)"')
_POINT_NOUGHT = re.compile(r"(\d+)[.,]0+")
_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?E\+(\d{2,3})")
"""What a spreadsheet shows of a large number: one digit, some decimals, a sign, two digits."""


def ids(column: "pd.Series[Any]", name: str = "") -> "pd.Series[str]":
    """A column of names as texts, without spaces around, missing where a cell is empty.

    `="10273"` and, where all look like it, `10273.0` are 10273; `00123` keeps its zeros. Raises
    `Refusal`, by row, for `1.03E+04`: which patient that was, nobody can tell. `name` is that of
    the column, for the sentence.

    >>> ids(pd.Series(['="00123"', "NA", " a.1 "])).tolist()
    ['00123', 'NA', 'a.1']
    """
    if column.dtype.kind == "f":
        column = _whole(column)
    codes, different = pd.factorize(column.astype("str"))
    texts = [_without_formula(str(text)) for text in different]
    floats = [_POINT_NOUGHT.fullmatch(text) for text in texts]
    if texts and all(floats):
        texts = [match[1] for match in floats if match]
    texts = [_exact(text, at, codes, name) for at, text in enumerate(texts)]
    known = np.array([*(text or None for text in texts), None], dtype=object)
    return pd.Series(known[codes], index=column.index, dtype="str", name=column.name)


def _whole(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Floats that are whole numbers as integers; Parquet and Excel know no empty integer."""
    filled = column.dropna()
    return column.astype("Int64") if (filled == filled.round()).all() else column


def _without_formula(text: str) -> str:
    match = _FORMULA.fullmatch(text.strip())
    return (match[1] if match else text).strip()


def _exact(text: str, at: int, codes: Any, name: str) -> str:
    """A rounded number written out, if no digit of it is lost."""
    match = _ROUNDED.fullmatch(text)
    if match is None:
        return text
    whole, decimals, power = match[1], match[2] or "", int(match[3])
    if len(decimals) >= power and not decimals[power:].strip("0"):
        return whole + decimals[:power]
    row = int(np.argmax(codes == at)) + 1
    where = f" in the column “{name}”" if name else ""
    raise Refusal(
        f"expected names as they are{where}: row {row:,} holds {text}, which a spreadsheet has "
        f"rounded, so that it may be any of {10 ** max(power - len(decimals), 0):,} names. Export "
        "the table again, without opening it in a spreadsheet, or with this column as text."
    )
