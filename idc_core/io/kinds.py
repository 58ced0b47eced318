"""What the columns of a stored table must hold, checked once when it is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.io.refusal import Refusal

TEXT, WHOLE, SHARE = "texts", "whole numbers", "numbers from 0 to 1"

PATCH = {"patient": TEXT, "slide": TEXT, "x": WHOLE, "y": WHOLE, "label": WHOLE}
"""Where a patch lies, and its label."""


def refuse_others(file: Path, frame: pd.DataFrame, kinds: Mapping[str, str]) -> None:
    """Raise `Refusal` naming the first column of `frame` that does not hold its kind.

    Columns that `frame` lacks are not asked for: the caller says which it needs.
    """
    for name, kind in kinds.items():
        if name in frame and not _holds(frame[name], kind):
            example = next((str(value)[:40] for value in frame[name]), "")
            raise Refusal(
                f"expected {kind} in the column {name} of {file}: found others, of the type "
                f"{frame[name].dtype}, such as {example!r}. Put the file back, or make it again."
            )


def _holds(column: "pd.Series[Any]", kind: str) -> bool:
    if kind == TEXT:
        values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
        known = pd.api.types.is_string_dtype(values.dtype) or not len(column)
        return bool(known and not column.isna().any())
    numbers = column.dtype.kind in "iu" if isinstance(column.dtype, np.dtype) else False
    if kind == WHOLE:
        return numbers
    if not numbers and not (isinstance(column.dtype, np.dtype) and column.dtype.kind == "f"):
        return False
    values_ = column.to_numpy()
    # An unknown score is `nan` and is said by whoever judges it.
    return bool(((values_ >= 0) & (values_ <= 1) | np.isnan(values_)).all())
