"""The table of predictions by the one reader of tables (`tabular`)."""

from pathlib import Path

import pandas as pd

from idc_core.refusal import Refusal
from idc_core.tabular import Table, open_table


def columns_of(path: Path) -> dict[str, list[str]]:
    """Names of the columns, each with some of its values as texts."""
    return _opened(path).samples()


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    """These columns as texts (Parquet: as they are), a row an entry, empty ones missing."""
    return _opened(path).read(columns)


def _opened(path: Path) -> Table:
    table = open_table(path)
    if not len(table):
        raise Refusal(f"expected predictions in {path}: the table has no row.")
    return table
