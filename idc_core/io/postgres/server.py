"""Pooled connections to a server, their transactions, and the schema that Alembic keeps.

A reading transaction sees one moment. Writing ones come one after the other, as in SQLite: numbers
of rows then grow in the order in which rows are seen, and what a writer checks stays true until it
is done. What a writing transaction ended with is on the server's disk, whatever its settings say.
"""

import atexit
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

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
from idc_core.io.postgres.words import committing, explained
from idc_core.io.refusal import Refusal

VERSION = 1
"""The newest schema: the number of the newest file in `migrations/versions`."""

VERSIONS = "idc_review_schema"
"""The table that names the schema's version; other programs have an `alembic_version`."""

_LOCK = 0x1DC
"""With the number of the table `VERSIONS`: the lock of those who write. PostgreSQL's own locks of
tables need rights that whoever only appends need not have."""

_PATIENT = {
    "connect_timeout": "4",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "IDC Review",
}
"""How long a server that went away is waited for; the address may say otherwise."""


_ONE_MOMENT = psycopg.IsolationLevel.REPEATABLE_READ
_AS_IT_STANDS = psycopg.IsolationLevel.READ_COMMITTED
"""Who waited for the lock sees what the one before stored."""


class _Executes(Protocol):
    def execute(self, statement: str, /) -> Any: ...


class Session:
    """A connection within a transaction; takes statements with `?`, as SQLite does."""

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._connection = connection

    def execute(
        self, statement: str, given: Sequence[Any] = (), /
    ) -> "psycopg.Cursor[tuple[Any, ...]]":
        return self._connection.execute(_ours(statement), given)

    def executemany(self, statement: str, given: Sequence[Sequence[Any]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_ours(statement), given)


@contextmanager
def reading(address: Address) -> Iterator[Session]:
    """A session that sees one moment of the database; raises `Refusal`."""
    with explained(address), _connection(address) as connection:
        connection.isolation_level, connection.read_only = _ONE_MOMENT, True
        session = Session(connection)
        _refuse_another_version(session, address)
        yield session


@contextmanager
def writing(address: Address, wait: float) -> Iterator[Session]:
    """A session that alone may write, after at most `wait` seconds of waiting for others; on the
    server's disk when the block ends without error."""
    with explained(address), _connection(address) as connection:
        connection.isolation_level, connection.read_only = _AS_IT_STANDS, False
        session = Session(connection)
        _wait_at_most(session, wait)
        session.execute("SELECT pg_advisory_xact_lock(?, ?::regclass::oid::int)", (_LOCK, VERSIONS))
        _refuse_another_version(session, address)
        yield session
        with committing(address):
            connection.commit()  # without it, what was done is taken back


def go_on_after(session: _Executes, table: str) -> None:
    """Let rows to come be numbered after those that brought their numbers with them."""
    session.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table} "
        "HAVING MAX(id) IS NOT NULL"
    )


def make_ready(address: Address, wait: float) -> None:
    """Make the tables, or check them and bring an older schema up to date; raises `Refusal`."""
    with explained(address):
        with _connection(address) as connection:
            connection.isolation_level, connection.read_only = _ONE_MOMENT, True
            found = _version(Session(connection))
        if found is None or found < VERSION:
            _bring_up_to_date(address, wait)
        elif found > VERSION:
            raise _newer(found, address)


def _bring_up_to_date(address: Address, wait: float) -> None:
    """All or nothing, and one program after the other."""
    from alembic import command, config  # only who finds no tables waits for it

    with _engine(address).connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.isolation_level, raw.read_only = _AS_IT_STANDS, False
        session = Session(raw)
        _wait_at_most(session, wait)
        session.execute("SELECT pg_advisory_xact_lock(?, 0)", (_LOCK,))
        if _version(session) is None:
            _refuse_other_tables(session, address)
        settings = config.Config()
        folder = Path(__file__).with_name("migrations")
        settings.set_main_option("script_location", str(folder).replace("%", "%%"))
        settings.attributes.update(connection=connection, version_table=VERSIONS)
        command.upgrade(settings, str(VERSION))
        connection.commit()


def _refuse_other_tables(session: Session, address: Address) -> None:
    encoding = session.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        raise Refusal(
            f"expected a database that holds every sign (UTF8) in {address}: its encoding is "
            f"{encoding[0] if encoding else 'unknown'}. Make another: "
            "createdb -E UTF8 -T template0 NAME."
        )
    strange = session.execute("SELECT to_regclass('event'), to_regclass('region')").fetchone()
    if strange != (None, None):
        raise Refusal(
            f"expected a database for reviews in {address}: it has tables of something else. "
            "Nothing was changed. Make one of its own: createdb NAME."
        )


def _wait_at_most(session: Session, wait: float) -> None:
    """For others' locks; and a server that may forget its last moments at a crash must not."""
    session.execute(
        "SELECT set_config('lock_timeout', ?, true), set_config('synchronous_commit', "
        "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
        "ELSE current_setting('synchronous_commit') END, true)",
        (f"{max(1, round(wait * 1000))}ms",),
    )


def _version(session: Session) -> int | None:
    """The schema's version; None before there is one."""
    if session.execute(f"SELECT to_regclass('{VERSIONS}')").fetchone() == (None,):
        return None
    found = session.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()
    return int(found[0]) if found else None


def _refuse_another_version(session: Session, address: Address) -> None:
    found = session.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()
    version = int(found[0]) if found else 0
    if version > VERSION:
        raise _newer(version, address)
    if version < VERSION:
        raise Refusal(
            f"expected reviews of version {VERSION} in {address}: found version {version}; the "
            "database was replaced while it was open. Nothing was stored. Start the dashboard "
            "again."
        )


def _newer(version: int, address: Address) -> Refusal:
    return Refusal(
        f"expected reviews of version {VERSION} in {address}: found version {version}, written by "
        "a newer IDC Review. Update this one; nothing was changed."
    )


@contextmanager
def _connection(address: Address) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection of the pool, which takes back what was not committed."""
    pooled = _engine(address).raw_connection()
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


def _engine(address: Address) -> Engine:
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


@lru_cache(maxsize=256)
def _ours(statement: str) -> bytes:
    return statement.replace("%", "%%").replace("?", "%s").encode()
