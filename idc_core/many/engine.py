"""Sorting more rows than memory holds: DuckDB, within limits, with its files beside the run's."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from idc_core.io.refusal import Refusal, refused_by_system

MEMORY = "1GB"
"""DuckDB's own limit: what does not fit is written to the disk."""

AT_ONCE = 1_000_000
"""Rows that come out at a time."""


@contextmanager
def engine(folder: Path, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory whose overflow lies in `folder` while the block runs.

    Raises `Refusal` where the disk is full.
    """
    with refused_by_system(f"write {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        overflow = Path(tempfile.mkdtemp(prefix=".sorting-", dir=folder))
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": 2,
        "temp_directory": str(overflow),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(config=settings) as opened:
            yield opened
    except (duckdb.IOException, duckdb.OutOfMemoryException) as full:
        reason = (str(full).splitlines() or ["no reason given"])[0][:160]
        raise Refusal(
            f"expected room on the disk of {folder} to sort the predictions: {reason}. Free some "
            "and give the command again."
        ) from None
    finally:
        shutil.rmtree(overflow, ignore_errors=True)


def in_order(
    opened: duckdb.DuckDBPyConnection, rows: pa.RecordBatchReader, order: str
) -> Iterator[pa.RecordBatch]:
    """The rows sorted by the columns that `order` names, some at a time."""
    relation = opened.from_arrow(rows).order(order)
    yield from relation.to_arrow_reader(AT_ONCE)
