"""Which patches have a label, and what to call them: decided here and nowhere else.

A label is 1 (IDC) or 0 (no IDC). −1, an empty cell or any other value is unknown. A patch with an
unknown label has no outcome, is in no share of IDC, and neither agrees nor disagrees with anything.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster

UNLABELLED = -1
"""How a table says that nobody labelled a patch."""

UNKNOWN = "label unknown"

Known = npt.NDArray[np.bool_]


def settled(labels: "pd.Series[Any]", where: object) -> "pd.Series[Any]":
    """A label column as int8: an empty cell becomes `UNLABELLED`, other values stay as they are.

    Raises `Refusal`, naming `where` it stands, for what is no whole number.
    """
    if labels.dtype == np.int8:
        return labels
    try:
        numbers = pd.to_numeric(labels).to_numpy(np.float64, na_value=np.nan)
        whole = np.where(np.isnan(numbers), UNLABELLED, numbers)
        if not (np.isin(whole, range(-128, 128))).all():
            raise ValueError
    except (ValueError, TypeError):
        raise Refusal(
            f"expected 1 (IDC), 0 (no IDC) or an empty cell as the label in {where}: found "
            "something else. Write the table again."
        ) from None
    return pd.Series(whole.astype(np.int8), index=labels.index, name=labels.name)


def is_known(labels: npt.ArrayLike) -> Known:
    """Which labels are known, bool of the same shape.

    >>> is_known([1, 0, -1, np.nan]).tolist()
    [True, True, False, False]
    """
    given = np.asarray(labels)
    known: Known = (given == 1) | (given == 0)
    return known


def label_of(value: object) -> int | None:
    """One label as 1 or 0; None where it is unknown.

    >>> label_of(np.int8(1)), label_of(-1), label_of(None), label_of(float("nan"))
    (1, None, None, None)
    """
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return int(number) if number in (0, 1) else None


def in_words(value: object, raster: Raster = USUAL) -> str:
    """IDC, no IDC, or that it is unknown; of another `raster` the names of its classes.

    >>> in_words(1), in_words(0), in_words(-1)
    ('IDC', 'no IDC', 'label unknown')
    """
    known = label_of(value)
    return UNKNOWN if known is None else raster.positive if known else raster.negative


def labelled_words(value: object, raster: Raster = USUAL) -> str:
    """The same as it stands behind a patch's name.

    >>> labelled_words(1), labelled_words(-1)
    ('labelled IDC', 'label unknown')
    """
    known = label_of(value)
    return UNKNOWN if known is None else f"labelled {in_words(known, raster)}"


def count_idc(labels: npt.ArrayLike) -> int:
    """How many are known to be IDC."""
    return int((np.asarray(labels) == 1).sum())


def share_of_idc(labels: npt.ArrayLike) -> float:
    """The share of IDC among the known labels; `nan` where none is known.

    >>> share_of_idc([1, 0, 0, -1, 1]), share_of_idc([-1])
    (0.5, nan)
    """
    known = int(is_known(labels).sum())
    return count_idc(labels) / known if known else float("nan")


def idc_among(labels: npt.ArrayLike, raster: Raster = USUAL) -> str:
    """How many are labelled IDC (or what the positive class of `raster` is called), and of how many
    the label is unknown.

    >>> idc_among([1, 0, 1]), idc_among([1, -1]), idc_among([-1, -1])
    ('2 are labelled IDC', '1 is labelled IDC, 1 has no label', 'none has a label')
    """
    known, idc = is_known(labels), count_idc(labels)
    if not known.any():
        return "none has a label"
    said = f"{idc:,} {'is' if idc == 1 else 'are'} labelled {raster.positive}"
    left = int((~known).sum())
    return said + f", {left:,} {'has' if left == 1 else 'have'} no label" * bool(left)


def blanked(table: pd.DataFrame) -> pd.DataFrame:
    """A table for export: where a label is unknown the cell is empty, never −1."""
    names = [name for name in ("label", "label_2") if name in table]
    empty = {}
    for name in names:
        known = is_known(table[name])
        if not known.all():
            empty[name] = table[name].where(known).astype("Int64")
    return table.assign(**empty) if empty else table
