"""Connections to a server, pooled: given out, taken back, and replaced where they died."""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

try:
    import psycopg
    from sqlalchemy import Engine, create_engine
except ImportError as missing:
    from idc_core.io.refusal import Refusal

    raise Refusal(
        f"expected the package {missing.name} for a PostgreSQL server: it is not installed. "
        "Install it: pip install -r requirements-postgres.txt -c constraints.txt."
    ) from None

from idc_core.io.postgres.address import Address
from idc_core.io.postgres.texts import register

_PATIENT = {
    "connect_timeout": "4",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "IDC Review",
}
"""How long a server that went away is waited for; the address may say otherwise."""


@contextmanager
def connected(address: Address) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection of the pool, which takes back what was not committed."""
    pooled = engine(address).raw_connection()
    connection = pooled.driver_connection
    assert connection is not None
    try:
        yield connection
    finally:
        if connection.broken:
            pooled.invalidate()
        pooled.close()


@atexit.register
def disconnect() -> None:
    """Close the connections that lie in this process's pools; a later call opens new ones."""
    for address, process in list(_ENGINES):
        if process == os.getpid():
            _ENGINES.pop((address, process)).dispose()


def engine(address: Address) -> Engine:
    """The pool of connections of this process: a forked one must not share its parent's. A
    connection that died while it lay there, as the server was started again, is replaced unseen."""
    key = (address, os.getpid())
    return _ENGINES.get(key) or _ENGINES.setdefault(key, _new_engine(address))


_ENGINES: dict[tuple[Address, int], Engine] = {}


def _new_engine(address: Address) -> Engine:
    given = {**_PATIENT, **dict(address.given), "client_encoding": "utf8"}

    def connect() -> "psycopg.Connection[tuple[Any, ...]]":
        with _patience(address):
            # What PgBouncer lends for one transaction keeps no statement for the next.
            connection = psycopg.connect(prepare_threshold=None, **given)  # type: ignore[arg-type]
        register(connection)
        return connection

    return create_engine(
        "postgresql+psycopg://", creator=connect, pool_pre_ping=True, pool_size=4, max_overflow=12
    )


@contextmanager
def _patience(address: Address) -> Iterator[None]:
    """A server that gave no answer for seconds is not waited for again for as long: a page asks it
    several times."""
    began = time.monotonic()
    until, said = _SILENT.get(address, (0.0, ""))
    if began < until:
        raise psycopg.OperationalError(said)
    try:
        yield
    except psycopg.OperationalError as broken:
        if (took := time.monotonic() - began) > 1:
            _SILENT[address] = (began + 2 * took, str(broken))
        raise


_SILENT: dict[Address, tuple[float, str]] = {}
