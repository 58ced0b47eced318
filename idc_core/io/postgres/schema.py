"""The tables and their version, which Alembic keeps (`migrations/`)."""

from pathlib import Path

from idc_core.io.postgres.address import Address
from idc_core.io.postgres.pool import connected, engine
from idc_core.io.postgres.session import AS_IT_STANDS, LOCK, ONE_MOMENT, Session, wait_at_most
from idc_core.io.postgres.words import explained
from idc_core.io.refusal import Refusal

VERSION = 2
"""The newest schema: the number of the newest file in `migrations/versions`."""

VERSIONS = "idc_review_schema"
"""The table that names the schema's version; other programs have an `alembic_version`."""


def make_ready(address: Address, wait: float) -> None:
    """Make the tables, or check them and bring an older schema up to date; raises `Refusal`."""
    if not is_ready(address):
        with explained(address):
            _bring_up_to_date(address, wait)


def is_ready(address: Address) -> bool:
    """Whether the tables are there, in today's schema; nothing is changed. Raises `Refusal` for a
    newer one."""
    with explained(address), connected(address) as connection:
        connection.isolation_level, connection.read_only = ONE_MOMENT, True
        found = _version(Session(connection))
    if found is not None and found > VERSION:
        raise _newer(found, address)
    return found == VERSION


def _bring_up_to_date(address: Address, wait: float) -> None:
    """All or nothing, and one program after the other."""
    from alembic import command, config  # only who finds no tables waits for it

    with engine(address).connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.isolation_level, raw.read_only = AS_IT_STANDS, False
        session = Session(raw)
        wait_at_most(session, wait)
        session.execute("SELECT pg_advisory_xact_lock(?, 0)", (LOCK,))
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
    if _has(session, "event") or _has(session, "region"):
        raise Refusal(
            f"expected a database for reviews in {address}: it has tables of something else. "
            "Nothing was changed. Make one of its own: createdb NAME."
        )


def _version(session: Session) -> int | None:
    """The schema's version; None before there is one."""
    if not _has(session, VERSIONS):
        return None
    found = session.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()
    return int(found[0]) if found else None


def _has(session: Session, table: str) -> bool:
    """Asked of the catalogue: `to_regclass` may remember what was before a lock was waited for."""
    found = session.execute(
        "SELECT COUNT(*) FROM pg_tables WHERE tablename = ? "
        "AND schemaname = ANY (current_schemas(false))",
        (table,),
    ).fetchone()
    return found != (0,)


def refuse_another_version(session: Session, address: Address) -> None:
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
