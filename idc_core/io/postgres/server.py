"""Transactions on a server.

A reading one sees one moment. Writing ones come one after the other, as in SQLite: numbers of rows
then grow in the order in which rows are seen, and what a writer checks stays true until it is done.
What a writing one ended with is on the server's disk, whatever its settings say.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from idc_core.io.postgres.address import Address
from idc_core.io.postgres.pool import connected
from idc_core.io.postgres.schema import VERSIONS, is_ready, make_ready, refuse_another_version
from idc_core.io.postgres.session import AS_IT_STANDS, LOCK, ONE_MOMENT, Session, wait_at_most
from idc_core.io.postgres.words import committing, explained

__all__ = ["go_on_after", "is_ready", "make_ready", "reading", "writing"]


class _Executes(Protocol):
    def execute(self, statement: str, /) -> Any: ...


@contextmanager
def reading(address: Address) -> Iterator[Session]:
    """A session that sees one moment of the database; raises `Refusal`."""
    with explained(address), connected(address) as connection:
        connection.isolation_level, connection.read_only = ONE_MOMENT, True
        session = Session(connection)
        refuse_another_version(session, address)
        yield session


@contextmanager
def writing(address: Address, wait: float) -> Iterator[Session]:
    """A session that alone may write, after at most `wait` seconds of waiting for others; on the
    server's disk when the block ends without error."""
    with explained(address), connected(address) as connection:
        connection.isolation_level, connection.read_only = AS_IT_STANDS, False
        session = Session(connection)
        wait_at_most(session, wait)
        session.execute("SELECT pg_advisory_xact_lock(?, ?::regclass::oid::int)", (LOCK, VERSIONS))
        refuse_another_version(session, address)
        yield session
        with committing(address):
            connection.commit()  # without it, what was done is taken back


def go_on_after(session: _Executes, table: str) -> None:
    """Let rows to come be numbered after those that brought their numbers with them."""
    session.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table} "
        "HAVING MAX(id) IS NOT NULL"
    )
