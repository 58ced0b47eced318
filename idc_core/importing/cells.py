"""What stands in a column: numbers as people write them, and lists of numbers in one cell."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]

_NUMBER = r"[+\-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?|[+\-]?(?:nan|NaN|inf|Inf)"
_LIST = rf"(?:{_NUMBER})(?:[\s,;]+(?:{_NUMBER}))*"
_CELL = re.compile(
    rf"(?:np\.\w+\(|tensor\(|array\()?[\[(]+\s*({_LIST})\s*,?\s*[\])]+(?:,\s*dtype=\w+\)?|\))?"
)
_PERCENT = r"^\s*[+\-]?[\d.,]+\s*%\s*$"


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers of a column, `nan` where there is none; whether they were written as percent, and
    to how many digits behind the point (0 where they are whole)."""

    values: Numbers
    percent: bool
    digits: int


def numbers(column: "pd.Series[Any]") -> Column:
    """A column as doubles.

    A float32 (of a Parquet file) is read as what it says: 0.7, not 0.699999988, so that a threshold
    of 0.7 finds it.
    """
    if column.dtype == np.float32:
        said, place = np.unique(column.to_numpy(), return_inverse=True)
        texts = [str(number) for number in said]
        values = np.array([float(text) for text in texts], np.float64)[place]
        return Column(values, False, max((_digits(text) for text in texts[:50]), default=0))
    if column.dtype.kind in "fiub":
        values = column.to_numpy(np.float64, na_value=np.nan)
        return Column(values, False, max((_digits(repr(float(v))) for v in values[:50]), default=0))
    texts_ = column.astype("string").str.strip()
    percent = texts_.str.match(_PERCENT, na=False)
    if percent.any():
        texts_ = texts_.mask(percent, texts_.str.rstrip("% "))
    values = pd.to_numeric(texts_, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    share = percent.to_numpy(bool)
    values = np.where(share, values / 100, values)
    digits = max((_digits(text) for text in texts_.dropna().head(50)), default=0)
    return Column(values, bool(share.any()), digits)


def are_numbers(column: "pd.Series[Any]", *, most_others: float = 0.05) -> bool:
    """Whether nearly every cell that is not empty is a number."""
    texts = column.dropna() if column.dtype.kind in "fiub" else column.replace("", pd.NA).dropna()
    if not len(texts):
        return False
    return bool(np.isnan(numbers(texts).values).mean() <= most_others)


def unpacked(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with lists in one cell spread out: `[0.99]` is its number, and `[0.07 0.93]` in
    `p` becomes the columns `p[0]` and `p[1]`. One-hot labels stay as they are."""
    made: dict[str, pd.Series[Any]] = {}
    for name in frame.columns:
        column = frame[name]
        wide = _spread(column)
        if wide is None:
            made[str(name)] = column
        elif wide.shape[1] == 1:
            made[str(name)] = pd.Series(wide[:, 0], index=frame.index)
        else:
            for at in range(wide.shape[1]):
                made[f"{name}[{at}]"] = pd.Series(wide[:, at], index=frame.index)
    return pd.DataFrame(made, index=frame.index)


def _spread(column: "pd.Series[Any]") -> Numbers | None:
    """Lists of as many numbers each, as (rows, numbers); None where the cells hold no lists."""
    if column.dtype.kind in "fiubM":
        return None
    cells = column.dropna()
    if not len(cells):
        return None
    if all(isinstance(cell, list | tuple | np.ndarray) for cell in cells.head(50)):
        lists = [np.ravel(np.asarray(cell)) for cell in cells]
        texts = [" ".join(map(str, each)) for each in lists]
    else:
        head = [_CELL.fullmatch(str(cell).strip()) for cell in cells.head(50)]
        if not all(head):
            return None
        found = [_CELL.fullmatch(str(cell).strip()) for cell in cells]
        texts = [match[1] if match else "" for match in found]
    rows = [re.split(r"[\s,;]+", text.strip()) if text else [] for text in texts]
    width = max(len(row) for row in rows)
    values = np.full((len(column), width), np.nan)
    filled = [[float(number) for number in row] if len(row) == width else [np.nan] * width
              for row in rows]  # fmt: skip
    values[column.notna().to_numpy()] = filled
    known = values[~np.isnan(values)]
    if np.isin(known, (0.0, 1.0)).all():
        return None
    return values if 1 <= width <= 2 else None


def _digits(text: str) -> int:
    """Digits behind the point.

    >>> _digits("0.77"), _digits("1"), _digits("1e-07"), _digits("0.5e-3")
    (2, 0, 7, 4)
    """
    mantissa, _, power = text.lower().partition("e")
    behind = mantissa.partition(".")[2].rstrip("0") if power == "" else mantissa.partition(".")[2]
    try:
        return max(len(behind) - int(power or 0), 0)
    except ValueError:
        return 0
