"""Reviews as rows, on a server its logs too: what is moved, kept in a backup, proved by digests.

A row is a line of JSON, its values in the order of `COLUMNS`, the same to the byte wherever the row
lies. The digest of a table is the SHA-256 of its lines, oldest first.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from idc_core.io.postgres.address import Address
from idc_core.io.refusal import Refusal
from idc_core.reviews.where import (
    Connection,
    Where,
    go_on_after,
    make_ready,
    reading,
    writing,
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "event": (
        *("id", "token", "number", "at", "undoes", "data", "patient", "x", "y", "reviewer"),
        *("verdict", "run", "model", "split", "threshold", "score", "label", "stage", "comment"),
        "slide",
    ),
    "region": (
        *("id", "token", "at", "undoes", "region", "follows", "does", "data", "patient", "slide"),
        *("author", "run", "name", "excluded", "frame", "um_x", "um_y", "shape"),
    ),
}
"""Of each table all columns."""

LOGS: Mapping[str, tuple[str, ...]] = {
    "log_line": ("id", "log", "line"),
    "log_head": ("id", "log", "lines", "last"),
}
"""Of the tables that a server has besides: there, logs lie that without one are files."""

_ALL = {**COLUMNS, **LOGS}

_AT_ONCE = 2_000
"""Rows that are held in memory."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and the SHA-256 of its lines."""

    rows: int
    sha256: str


class Counted:
    """Lines that are counted and digested as they pass."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines, self._rows, self._sum = lines, 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._rows += 1
            self._sum.update(line)
            yield line

    def digest(self) -> Digest:
        """Of what has passed."""
        return Digest(self._rows, self._sum.hexdigest())


def tables_of(where: Where) -> Mapping[str, tuple[str, ...]]:
    """Of each table that lies there all columns."""
    return {**COLUMNS, **LOGS} if isinstance(where, Address) else COLUMNS


def lines_of(connection: Connection, table: str) -> Iterator[bytes]:
    """The rows of a table as lines, oldest first."""
    columns, last = ", ".join(_ALL[table]), -1
    while True:
        rows = connection.execute(
            f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}", (last,)
        ).fetchall()
        for row in rows:
            yield _line(row)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def digests_in(connection: Connection, tables: Iterable[str] = COLUMNS) -> dict[str, Digest]:
    """The digest of each table."""
    found = {}
    for table in tables:
        counted = Counted(lines_of(connection, table))
        for _ in counted:
            pass
        found[table] = counted.digest()
    return found


def digests(where: Where, tables: Iterable[str] = COLUMNS, wait: float = 30.0) -> dict[str, Digest]:
    """The digest of each table, at one moment."""
    with reading(where, wait) as connection:
        return digests_in(connection, tables)


def fill(target: Where, tables: Mapping[str, Iterable[bytes]], wait: float = 30.0) -> None:
    """Make the reviews of `target` out of lines: all of them, read back with the same digest, or
    none. Raises `Refusal` where there is a review already.
    """
    make_ready(target, wait)
    with writing(target, wait) as connection:
        fill_in(connection, target, tables)


def fill_in(connection: Connection, target: Where, tables: Mapping[str, Iterable[bytes]]) -> None:
    """The same within a transaction of `target`: nobody has them until it ends."""
    _refuse_rows(connection, target, tables)
    wanted = {}
    for table, lines in tables.items():
        counted = Counted(lines)
        _insert(connection, table, iter(counted))
        go_on_after(target, connection, table)
        wanted[table] = counted.digest()
    found = digests_in(connection, wanted)
    if found != wanted:
        raise Refusal(
            f"expected {target} to give back what it was given: {_told(wanted)}; it gives "
            f"{_told(found)}. Nothing was stored there."
        )


def move(source: Where, target: Where, wait: float = 30.0) -> dict[str, Digest]:
    """Copy verdicts and regions from one place to another, empty one; the digests, proved on both
    sides.

    Nobody else writes to either meanwhile. The source stays as it is.
    """
    make_ready(source, wait)
    with writing(source, wait) as connection:
        before = digests_in(connection)
        fill(target, {table: lines_of(connection, table) for table in COLUMNS}, wait)
    with reading(target, wait) as connection:
        refuse_other(source, target, before, digests_in(connection))
    return before


def refuse_other(
    source: object, target: object, before: Mapping[str, Digest], after: Mapping[str, Digest]
) -> None:
    """Raise `Refusal` where what arrived is not what was sent."""
    if after != before:
        raise Refusal(
            f"expected {target} to hold what {source} holds, {_told(before)}: it holds "
            f"{_told(after)}. The source is as it was; somebody wrote to the target meanwhile."
        )


def _insert(connection: Connection, table: str, lines: Iterator[bytes]) -> None:
    columns = _ALL[table]
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    while rows := [_row(line, table) for line in islice(lines, _AT_ONCE)]:
        connection.executemany(insert, rows)


def _refuse_rows(connection: Connection, target: Where, tables: Iterable[str]) -> None:
    for table in tables:
        found = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        if found:
            raise Refusal(
                f"expected no review in {target}: it has {found:,} rows of {table}s. Nothing was "
                "changed; name an empty place."
            )


def _line(row: tuple[Any, ...]) -> bytes:
    told = json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{told}\n".encode()


def _row(line: bytes, table: str) -> list[Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, list) or len(found) != len(_ALL[table]):
        raise Refusal(f"expected a row of {table}s: found {line[:60].decode(errors='replace')!r}.")
    return found


def _told(found: Mapping[str, Digest]) -> str:
    return ", ".join(
        f"{digest.rows:,} {table}s ({digest.sha256[:12]})" for table, digest in found.items()
    )
