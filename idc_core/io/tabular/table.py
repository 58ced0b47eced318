"""A table that was read: its columns by name, and what was unusual about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MOST_COLUMNS = 10_000
"""Of a table; one with an embedding a patch has some 2,000."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory. `kind`: "CSV", "Parquet" …; `notes`: sentences, for whoever is shown how
    the table was read. Rows count from 1, the first under the header."""

    path: Path
    kind: str
    data: pa.Table
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, each different; "column 3" where the table has no name for one."""
        return tuple(self.data.column_names)

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.data.num_rows)

    def samples(self, n: int = 50) -> dict[str, list[str]]:
        """Some values of every column as texts, "" where there is none: `n` rows from first to
        last, as tables are often sorted by class, split or patient."""
        rows = np.unique(np.linspace(0, max(len(self) - 1, 0), min(n, len(self))).astype(np.int64))
        part = self.data.take(pa.array(rows))
        return {name: [_said(value) for value in _values(part[name])] for name in self.columns}

    def read(self, names: Sequence[str]) -> pd.DataFrame:
        """These columns, a row an entry: texts, or numbers where the file has a type for them;
        missing where a cell is empty."""
        frame: pd.DataFrame = self.data.select(list(dict.fromkeys(names))).to_pandas()
        return frame


def _values(column: pa.ChunkedArray) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_float32(column.type):
        # The digits that tell a float32 apart, not those of the double it is widened to.
        return [None if value is None else np.float32(value) for value in values]
    return values


def _said(value: Any) -> str:
    return "" if value is None else str(value)
