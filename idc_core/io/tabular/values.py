"""Texts that hold numbers: percent, decimal commas, brackets, quotes, what NumPy prints of its own.

The same text is judged once, so that a column of 277,524 cells costs what its different ones cost.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

DECIMAL_COMMA, PERCENT, BRACKETS, WRAPPED = "decimal comma", "percent", "brackets", "quoted"

_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_COMMA = re.compile(r"[-+]?\d*,\d+(e[-+]?\d+)?", re.IGNORECASE)
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_CALL = re.compile(
    r"(?:(?:np|numpy|jnp|tf|torch)\.)?(?:float\d*|int\d*|array|tensor|Tensor|Array)\((.*?)"
    r"(?:,\s*(?:dtype|device|grad_fn|shape)=.*)?\)",
    re.DOTALL,
)
_OPEN, _CLOSE = "[({", "])}"

Numbers = npt.NDArray[np.float64]


def numbers(column: "pd.Series[Any]") -> Numbers:
    """The column as doubles; NaN where there is no number.

    Reads `0,93`, `93 %` (0.93), `[0.93]`, `[[0.93]]`, `="0.93"`, `np.float32(0.93)`. A float32 is
    read as what it says: 0.7, not 0.699999988, so that a threshold of 0.7 finds it.

    >>> numbers(pd.Series(["0,93", "[0.5]", "7 %", "none"])).tolist()
    [0.93, 0.5, 0.07, nan]
    """
    plain = pd.to_numeric(column, errors="coerce")
    if plain.dtype == np.float32:
        said, place = np.unique(plain.to_numpy(), return_inverse=True)
        return np.array([float(str(number)) for number in said], np.float64)[place]
    values: Numbers = plain.to_numpy(np.float64, na_value=np.nan, copy=True)
    left = np.isnan(values) & column.notna().to_numpy()
    if left.any():
        codes, texts = pd.factorize(column[left].astype(str))
        values[left] = _read(texts)[codes]
    return values


def forms(texts: Iterable[str]) -> tuple[str, ...]:
    """How the numbers among these texts are written, where it is not the usual way."""
    found = []
    for text in texts:
        inner, form = _unwrapped(text)
        if form and _number(inner, comma=True) is not None:
            found.append(form)
        if _COMMA.fullmatch(inner.removesuffix("%").strip()):
            found.append(DECIMAL_COMMA)
        if inner.endswith("%") and _number(inner, comma=True) is not None:
            found.append(PERCENT)
    return tuple(dict.fromkeys(found))


def vectors(column: "pd.Series[Any]") -> Numbers | None:
    """A column of lists as doubles, shape (rows, k): `[0.07 0.93]`, `[0.07, 0.93]`; NaN where the
    cell is empty. None unless every cell that is filled has the same k >= 2 numbers."""
    filled = column.notna().to_numpy()
    codes, texts = pd.factorize(column[filled].astype(str))
    rows = [_vector(text) for text in texts]
    if not rows or any(row is None for row in rows):
        return None
    lengths = {len(row) for row in rows if row is not None}
    if len(lengths) != 1 or min(lengths) < 2:
        return None
    found = np.full((len(column), min(lengths)), np.nan)
    found[filled] = np.array(rows, np.float64)[codes]
    return found


def _read(texts: Iterable[Any]) -> Numbers:
    """Numbers of different texts, which decide together what a comma is."""
    inner = [_unwrapped(str(text))[0] for text in texts]
    comma = not _are_thousands(inner)
    found = [_number(text, comma=comma) for text in inner]
    return np.array([np.nan if number is None else number for number in found], np.float64)


def _are_thousands(texts: list[str]) -> bool:
    """Whether every comma stands before three digits, and none behind a leading nought."""
    with_comma = [text for text in texts if "," in text]
    return bool(with_comma) and all(_THOUSANDS.fullmatch(text) for text in with_comma)


def _number(text: str, *, comma: bool) -> float | None:
    plain = text.removesuffix("%").strip().replace("\u2212", "-")
    if comma and _COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN.fullmatch(plain):
        return None
    number = float(plain)
    # Divided as a decimal: 99.82 % is 0.9982, not 0.9981999999999999.
    return float(f"{plain}e-2") if text.endswith("%") and "e" not in plain.lower() else number


def _unwrapped(text: str) -> tuple[str, str]:
    """The text without brackets, quotes and calls around it, and which of them there were."""
    form, inner = "", text.strip()
    while inner:
        if inner[0] == "=" and len(inner) > 1:
            inner, form = inner[1:].strip(), WRAPPED
        elif len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "\"'":
            inner, form = inner[1:-1].strip(), form or WRAPPED
        elif len(inner) > 1 and inner[0] in _OPEN and inner[-1] == _CLOSE[_OPEN.index(inner[0])]:
            inner, form = inner[1:-1].strip(), BRACKETS
        elif match := _CALL.fullmatch(inner):
            inner, form = match[1].strip(), form or BRACKETS
        else:
            break
    return inner, form


def _vector(text: str) -> list[float] | None:
    inner, form = _unwrapped(text)
    if form != BRACKETS:
        return None
    parts = [part for part in re.split(r"[,;\s]+", inner) if part]
    found = [_number(part, comma=False) for part in parts]
    return None if any(number is None for number in found) else [n for n in found if n is not None]
