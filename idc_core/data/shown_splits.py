"""The splits that predictions can be shown by: those of the data, and those of a cross-validation.

Predictions of a cross-validation (`evaluate/cross_validated.py`) are all `OUT_OF_FOLD`, and keep
the split of the data in `DATA_SPLIT`. `UNTOUCHED` is the part of them on which nothing was chosen:
without the patients who chose epoch, threshold and settings of the run whose recipe is judged.
"""

from typing import Any

import pandas as pd

from idc_core.data.split_names import SPLITS

OUT_OF_FOLD, UNTOUCHED = "out-of-fold", "untouched-out-of-fold"
OF_FOLDS = (OUT_OF_FOLD, UNTOUCHED)
SHOWN = (*SPLITS, *OF_FOLDS)

FOLD, DATA_SPLIT, RAW = "fold", "data_split", "raw_score"
"""Columns that predictions of a cross-validation have beside those of every run: fold (from 1), the
split of the data, and the score as the fold's network gave it."""

CHOSE = "validation"
"""The split of the data that chose epoch, threshold and settings."""


def in_split(table: pd.DataFrame, split: str) -> "pd.Series[bool]":
    """Which rows of predictions a split holds.

    >>> table = pd.DataFrame({"split": [OUT_OF_FOLD] * 2, "data_split": ["train", "validation"]})
    >>> in_split(table, UNTOUCHED).tolist(), in_split(table, OUT_OF_FOLD).tolist()
    ([True, False], [True, True])
    """
    if split != UNTOUCHED:
        return table["split"] == split
    of_folds = table["split"] == OUT_OF_FOLD
    return of_folds & (table[DATA_SPLIT] != CHOSE) if DATA_SPLIT in table else of_folds & False


def rows_in(table: pd.DataFrame, split: str) -> pd.DataFrame:
    """Those rows; their column `split` names the split that was asked for."""
    rows = table[in_split(table, split)]
    return rows.assign(split=split) if split == UNTOUCHED else rows


def splits_in(table: pd.DataFrame) -> list[str]:
    """The splits that predictions can be shown by, in the order of their first rows."""
    found = [str(split) for split in table["split"].unique()]
    untouched = OUT_OF_FOLD in found and bool(in_split(table, UNTOUCHED).any())
    return [*found, UNTOUCHED] if untouched else found


def holds_test(split: str) -> bool:
    """Whether showing figures of the split shows what test patients give, where there are any.

    >>> [holds_test(split) for split in ("test", "validation", OUT_OF_FOLD, UNTOUCHED)]
    [True, False, True, True]
    """
    return split == "test" or split in OF_FOLDS


def data_split_of(table: Any) -> Any:
    """Of a `pyarrow` batch or table: the column that holds the split of the data."""
    return table[DATA_SPLIT] if DATA_SPLIT in table.schema.names else table["split"]
