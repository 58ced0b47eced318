"""A connection within a transaction, as SQLite's is used."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, Cursor, IsolationLevel

Row = tuple[Any, ...]

ONE_MOMENT = IsolationLevel.REPEATABLE_READ
AS_IT_STANDS = IsolationLevel.READ_COMMITTED
"""Who waited for the lock sees what the one before stored."""

LOCK = 0x1DC
"""The first of two numbers of an advisory lock. PostgreSQL's locks of tables need rights that
whoever only appends need not have."""


class Session:
    """A connection within a transaction; takes statements with `?`, as SQLite does."""

    def __init__(self, connection: Connection[Row]) -> None:
        self._connection = connection

    def execute(self, statement: str, given: Sequence[Any] = (), /) -> Cursor[Row]:
        return self._connection.execute(_ours(statement), given)

    def executemany(self, statement: str, given: Sequence[Sequence[Any]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_ours(statement), given)


def wait_at_most(session: Session, wait: float) -> None:
    """For others' locks; and a server that may forget its last moments at a crash must not."""
    session.execute(
        "SELECT set_config('lock_timeout', ?, true), set_config('synchronous_commit', "
        "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
        "ELSE current_setting('synchronous_commit') END, true)",
        (f"{max(1, round(wait * 1000))}ms",),
    )


@lru_cache(maxsize=256)
def _ours(statement: str) -> bytes:
    return statement.replace("%", "%%").replace("?", "%s").encode()
