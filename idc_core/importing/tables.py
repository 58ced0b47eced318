"""Reading a table of predictions: CSV with any usual separator, packed or not, or Parquet.

A packed table is hostile until read: gzip and a zip of one table are unpacked by a reader that
counts and stops, and other packings are refused by name.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from idc_core import archives
from idc_core.archives import Limits
from idc_core.refusal import Refusal

SAMPLE_ROWS = 50

MOST_BYTES = 1_000_000_000
"""Of a table, unpacked; one of 277,524 patches has about 30 MB."""

_LIMITS = Limits(entries=100, entry_bytes=MOST_BYTES, total_bytes=MOST_BYTES, ratio=1_000)
_OTHERS = {b"BZh": "bzip2", b"\xfd7zXZ": "XZ", b"\x28\xb5\x2f\xfd": "Zstandard"}


def columns_of(path: Path) -> dict[str, list[str]]:
    """Names of the columns, each with some of its values as texts."""
    if not path.is_file():
        raise Refusal(f"expected a table of predictions in {path}: there is no such file.")
    head = _head(path) if _is_parquet(path) else _rows(path, rows=SAMPLE_ROWS)
    if not len(head):
        raise Refusal(f"expected predictions in {path}: the table has no row.")
    texts = head.astype(object).where(head.notna(), "")
    return {str(name): [str(value) for value in texts[name]] for name in head.columns}


def read_all(path: Path) -> pd.DataFrame:
    """The whole table."""
    return read(path, list(columns_of(path)))


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    """These columns as texts (Parquet: as they are), a row an entry, empty ones missing."""
    if not _is_parquet(path):
        return _rows(path, columns=columns)
    try:
        file = pq.ParquetFile(path)
        parts, size = [], 0
        for batch in file.iter_batches(columns=columns):
            size += batch.nbytes
            if size > MOST_BYTES:
                raise _too_large(path)
            parts.append(batch)
        schema = parts[0].schema if parts else file.schema_arrow
        table: pd.DataFrame = pa.Table.from_batches(parts, schema).select(columns).to_pandas()
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
        with _unpacked(path) as file:
            separator = _separator(file.read(20_000))
        with _unpacked(path) as file:
            return pd.read_csv(
                file, sep=separator, dtype=str, encoding="utf-8-sig", nrows=rows, usecols=columns,
                keep_default_na=False, na_values=[""], skip_blank_lines=False,
            )  # fmt: skip
    except Refusal:
        raise
    except (ValueError, OSError, EOFError, zlib.error) as broken:  # pandas' errors: ValueErrors
        raise _unreadable(path, broken) from None


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a table, unpacked while they are read, and counted."""
    with path.open("rb") as raw:
        head = raw.read(8)
        raw.seek(0)
        for mark, name in _OTHERS.items():
            if head.startswith(mark):
                raise Refusal(
                    f"expected a CSV, plain or packed with gzip, in {path}: it is packed with "
                    f"{name}. Unpack it first."
                )
        if head.startswith(b"\x1f\x8b"):
            with gzip.open(raw) as unpacked:
                yield _Counted.of(unpacked, path)
        elif head.startswith(b"PK\x03\x04"):
            with _only_entry(path) as entry:
                yield _Counted.of(entry, path)
        else:
            yield _Counted.of(raw, path)


@contextmanager
def _only_entry(path: Path) -> Iterator[IO[bytes]]:
    with archives.open_zip(path, _LIMITS, "a table of predictions") as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        if len(entries) != 1:
            raise Refusal(f"expected one table in {path}: the zip holds {len(entries)} files.")
        if why := archives.refused(entries[0], _LIMITS):
            raise Refusal(f"expected a table in {path}: its file is not taken ({why[1]}).")
        try:
            with opened.open(entries[0]) as entry:
                yield entry
        except archives.DAMAGED as broken:
            if isinstance(broken, Refusal):
                raise
            raise _unreadable(path, broken) from None


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Counted(io.RawIOBase):
    """Bytes that end with a refusal where they are more than a table may have."""

    def __init__(self, source: _Source, path: Path) -> None:
        self._source, self._path, self._left = source, path, MOST_BYTES

    @classmethod
    def of(cls, source: _Source, path: Path) -> IO[bytes]:
        return io.BufferedReader(cls(source, path), 2**20)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")
        data = self._source.read(len(room))
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._path)
        room[: len(data)] = data
        return len(data)


def _separator(start: bytes) -> str:
    first = start.decode("utf-8-sig", errors="replace").splitlines()[:1]
    header = first[0] if first else ""
    # The header decides: names hold no separators, and paths below it may hold any.
    counted = {sign: len(next(csv.reader(io.StringIO(header), delimiter=sign), [])) for sign in
               (",", ";", "\t")}  # fmt: skip
    return max(counted, key=lambda sign: counted[sign])


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _too_large(path: Path) -> Refusal:
    return Refusal(
        f"expected a table of at most {MOST_BYTES:,} bytes, unpacked, in {path}: it has more. "
        "Leave out the columns that are not asked for."
    )


def _unreadable(path: Path, broken: Exception) -> Refusal:
    reason = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
    return Refusal(f"expected a CSV or Parquet table in {path}: it cannot be read ({reason}).")
