"""What was written to a file of reviews: a digest a transaction, kept beside the rows.

SQLite knows a damaged page by its structure alone: a bit that flips inside a verdict, a score or a
time leaves a whole file that says something else. A PostgreSQL server has checksums of its own.
"""

import hashlib
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable

SCHEMA = """
CREATE TABLE written (
  of TEXT NOT NULL, last INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (of, last)
);
"""
"""`sha256` of the rows of the table `of` that are numbered up to `last`, after the one before."""

_TABLES = {
    "event": "id, token, number, at, undoes, data, patient, x, y, reviewer, verdict, run, model, "
    "split, threshold, score, label, stage, comment, slide",
    "region": "id, token, at, undoes, region, follows, does, data, patient, slide, author, run, "
    "name, excluded, frame, um_x, um_y, shape",
}
"""By table its columns of version 4: one that comes later changes no digest."""


def note(connection: sqlite3.Connection) -> None:
    """Note the rows that have no digest yet, in the transaction that writes them."""
    for table, columns in _TABLES.items():
        known = connection.execute("SELECT MAX(last) FROM written WHERE of = ?", (table,))
        rows = connection.execute(
            f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id", (known.fetchone()[0] or 0,)
        ).fetchall()
        if rows:
            connection.execute(
                "INSERT INTO written VALUES (?, ?, ?)", (table, rows[-1][0], _digest(rows))
            )


def refuse_changed(connection: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` where rows are not as they were written, or are gone."""
    for table, columns in _TABLES.items():
        noted = connection.execute(
            "SELECT last, sha256 FROM written WHERE of = ? ORDER BY last", (table,)
        ).fetchall()
        rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()
        numbers, first = [row[0] for row in rows], 0
        for last, sha256 in noted:
            after = bisect_right(numbers, last, first)
            own, first = rows[first:after], after
            if _digest(own) != sha256:
                raise sqlite3.DatabaseError(f"malformed: a row of {table} is not as it was written")


def _digest(rows: Iterable[tuple[object, ...]]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
