"""Reading a table of predictions: CSV with any usual separator, packed or not, or Parquet."""

import csv
import gzip
import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from idc_core.refusal import Refusal

SAMPLE_ROWS = 50


def columns_of(path: Path) -> dict[str, list[str]]:
    """Names of the columns, each with some of its values as texts."""
    if not path.is_file():
        raise Refusal(f"expected a table of predictions in {path}: there is no such file.")
    head = _head(path) if _is_parquet(path) else _rows(path, rows=SAMPLE_ROWS)
    if not len(head):
        raise Refusal(f"expected predictions in {path}: the table has no row.")
    texts = head.astype(object).where(head.notna(), "")
    return {str(name): [str(value) for value in texts[name]] for name in head.columns}


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    """These columns as texts (Parquet: as they are), a row an entry, empty ones missing."""
    if not _is_parquet(path):
        return _rows(path, columns=columns)
    try:
        table: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas()
    except (pa.ArrowInvalid, OSError) as broken:
        raise _unreadable(path, broken) from None
    return table


def _head(path: Path) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(path)
        batch = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
    except (pa.ArrowInvalid, OSError) as broken:
        raise _unreadable(path, broken) from None
    return pd.DataFrame() if batch is None else batch.to_pandas()


def _rows(path: Path, *, rows: int | None = None, columns: list[str] | None = None) -> pd.DataFrame:
    try:
        separator = _separator(path)
        return pd.read_csv(
            path, sep=separator, dtype=str, encoding="utf-8-sig", nrows=rows, usecols=columns,
            keep_default_na=False, na_values=[""], compression="infer", skip_blank_lines=False,
        )  # fmt: skip
    except (ValueError, OSError, EOFError) as broken:  # pandas' own errors are ValueErrors
        raise _unreadable(path, broken) from None


def _separator(path: Path) -> str:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        first = file.read(20_000).decode("utf-8-sig", errors="replace").splitlines()[:1]
    header = first[0] if first else ""
    # The header decides: names hold no separators, and paths below it may hold any.
    counted = {sign: len(next(csv.reader(io.StringIO(header), delimiter=sign), [])) for sign in
               (",", ";", "\t")}  # fmt: skip
    return max(counted, key=lambda sign: counted[sign])


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _unreadable(path: Path, broken: Exception) -> Refusal:
    reason = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
    return Refusal(f"expected a CSV or Parquet table in {path}: it cannot be read ({reason}).")
