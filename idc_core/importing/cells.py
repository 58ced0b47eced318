"""What stands in a column: numbers as people write them, and pairs of numbers in one cell."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.io import tabular
from idc_core.io.tabular import values as forms

Numbers = npt.NDArray[np.float64]

SAMPLE = 200
"""Cells that are looked at to tell how numbers are written."""


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers of a column, `nan` where there is none; whether they were written as percent, and
    to how many digits behind the point (0 where they are whole)."""

    values: Numbers
    percent: bool
    digits: int


def numbers(column: "pd.Series[Any]") -> Column:
    """A column as doubles, and how it was written."""
    texts = [str(cell) for cell in column.dropna().head(SAMPLE)]
    percent = forms.PERCENT in tabular.forms(texts)
    digits = max((digits_of(text) for text in texts), default=0)
    return Column(tabular.numbers(column), percent, digits)


def are_numbers(column: "pd.Series[Any]", *, most_others: float = 0.05) -> bool:
    """Whether nearly every cell that is not empty is a number."""
    cells = column.dropna()
    return bool(len(cells)) and bool(np.isnan(tabular.numbers(cells)).mean() <= most_others)


def unpacked(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with pairs in one cell spread out: `[0.07 0.93]` in `p` becomes the columns `p[0]`
    and `p[1]`. One-hot labels stay as they are."""
    made: dict[str, Any] = {}
    for name in map(str, frame.columns):
        pair = _pair(frame[name])
        if pair is None:
            made[name] = frame[name]
        else:
            made |= {f"{name}[0]": pair[:, 0], f"{name}[1]": pair[:, 1]}
    return pd.DataFrame(made, index=frame.index)


def _pair(column: "pd.Series[Any]") -> Numbers | None:
    if column.dtype.kind in "fiub" or tabular.vectors(column.dropna().head(SAMPLE)) is None:
        return None
    found = tabular.vectors(column)
    if found is None or found.shape[1] != 2:
        return None
    return None if np.isin(found[~np.isnan(found)], (0.0, 1.0)).all() else found


def digits_of(text: str) -> int:
    """Digits behind the point.

    >>> digits_of("0.77"), digits_of("1"), digits_of("1e-07"), digits_of("[0,55]")
    (2, 0, 7, 2)
    """
    mantissa, _, power = text.strip(" []%").lower().replace(",", ".").partition("e")
    behind = mantissa.partition(".")[2]
    try:
        return max(len(behind) - int(power or 0), 0)
    except ValueError:
        return 0
