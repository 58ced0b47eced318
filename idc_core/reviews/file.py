"""The SQLite file that reviews lie in: its schema, its connections, and what can go wrong with it.

Durability: write-ahead log, `synchronous=FULL`. The file must lie on a disk of this machine:
SQLite's log does not work over a network.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from idc_core.io.refusal import Refusal
from idc_core.reviews import written

VERSION = 4

SYNCHRONOUS = "FULL"
"""SQLite's word for when a verdict is stored: once it is on the disk."""

_REGIONS = """
CREATE TABLE region (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE, at TEXT NOT NULL, undoes TEXT,
  region TEXT NOT NULL, follows TEXT NOT NULL, does TEXT NOT NULL,
  data TEXT NOT NULL, patient TEXT NOT NULL, slide TEXT NOT NULL, author TEXT NOT NULL,
  run TEXT NOT NULL, name TEXT NOT NULL, excluded INTEGER NOT NULL,
  frame TEXT NOT NULL, um_x REAL, um_y REAL, shape TEXT NOT NULL
);
CREATE INDEX region_slide ON region (data, patient, slide);
CREATE INDEX region_named ON region (region);
CREATE TRIGGER region_is_kept BEFORE DELETE ON region
  BEGIN SELECT RAISE(ABORT, 'regions are never deleted'); END;
CREATE TRIGGER region_is_fixed BEFORE UPDATE ON region
  BEGIN SELECT RAISE(ABORT, 'regions are never changed'); END;
"""

_SCHEMA = (
    """
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, undoes TEXT,
  data TEXT NOT NULL, patient TEXT, x INTEGER, y INTEGER, reviewer TEXT NOT NULL,
  verdict TEXT, run TEXT, model TEXT, split TEXT, threshold REAL, score REAL, label INTEGER,
  stage TEXT, comment TEXT, slide TEXT NOT NULL DEFAULT '',
  UNIQUE (token, number)
);
CREATE INDEX event_patch ON event (data, patient, x, y);
CREATE INDEX event_undoes ON event (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER event_is_fixed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
"""
    + _REGIONS
    + written.SCHEMA
)


def _name_slides(connection: sqlite3.Connection) -> None:
    """Before version 2 every patient had one slide, of the patient's name: that is what '' says."""
    connection.execute("ALTER TABLE event ADD COLUMN slide TEXT NOT NULL DEFAULT ''")


def _add_regions(connection: sqlite3.Connection) -> None:
    """Before version 3 nobody could draw."""
    for statement in _statements(_REGIONS):
        connection.execute(statement)


def _note_what_is_there(connection: sqlite3.Connection) -> None:
    """Before version 4 nothing vouched for a row."""
    for statement in _statements(written.SCHEMA):
        connection.execute(statement)
    written.note(connection)


_UPGRADES: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: _name_slides,
    2: _add_regions,
    3: _note_what_is_there,
}
"""From each older version to the next."""


def make_ready(path: Path, wait: float) -> None:
    """Make the file, or check it and bring an older schema up to date, backed up first.

    `wait`: seconds to wait for another process. Raises `Refusal`.
    """
    if path.is_file() and not os.access(path, os.W_OK):
        return  # may be read; writing is refused when somebody writes
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path, wait, create=True)) as connection:
            if _version(connection) < VERSION:
                _bring_up_to_date(connection, path)
            _refuse_another_version(connection, path)
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise sqlite3.DatabaseError(found)
            written.refuse_changed(connection)


@contextmanager
def reading(path: Path, wait: float) -> Iterator[sqlite3.Connection]:
    """A connection that sees one moment of the file; what SQLite complains of is a `Refusal`."""
    with _transaction(path, wait, "BEGIN", write=False) as connection:
        yield connection


@contextmanager
def writing(path: Path, wait: float) -> Iterator[sqlite3.Connection]:
    """A connection that holds the file for writing; on the disk when the block ends without error.

    A lone reader is not kept waiting by it, another writer is, for `wait` seconds.
    """
    with _transaction(path, wait, "BEGIN IMMEDIATE") as connection:
        yield connection


@contextmanager
def _transaction(
    path: Path, wait: float, begin: str, *, write: bool = True
) -> Iterator[sqlite3.Connection]:
    with explained(path), closing(_connect(path, wait, write=write)) as connection:
        if not write and not os.access(path, os.W_OK):
            _read_as_newest(connection)
        connection.execute(begin)
        # Another process may have brought the file to a newer schema since it was opened.
        _refuse_another_version(connection, path)
        yield connection
        if write:
            written.note(connection)
        connection.execute("COMMIT")  # without it, closing takes everything back


def _read_as_newest(connection: sqlite3.Connection) -> None:
    """Let a file that may only be read, and so stays in its older version, answer as a newer one:
    a view comes before the table of its name, and an empty table stands for one to come."""
    version = _version(connection)
    if version == 1:
        connection.execute("CREATE TEMP VIEW event AS SELECT *, '' AS slide FROM main.event")
    if version in (1, 2):
        connection.execute(_statements(_REGIONS)[0].replace("TABLE", "TEMP TABLE", 1))


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    if version >= VERSION:  # another process was faster
        connection.execute("ROLLBACK")
        return
    if version == 0:
        _begin(connection, path)
    else:
        _back_up(path, version)
        for older in range(version, VERSION):
            _UPGRADES[older](connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    strange = connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone()
    if strange is not None:
        raise Refusal(
            f"expected reviews in {path}: it is a database of something else (it has {strange[0]!r}"
            "). Nothing was changed. Name another file in IDC_REVIEWS."
        )
    for statement in _statements(_SCHEMA):
        connection.execute(statement)


def _back_up(path: Path, version: int) -> None:
    """A whole copy beside the file; a connection of its own sees what was committed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy = path.with_name(f"{path.stem}.v{version}.{stamp}.sqlite")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _statements(script: str) -> list[str]:
    """One statement each: `executescript` would end the transaction that is open."""
    statements, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


def _connect(
    path: Path, wait: float, *, create: bool = False, write: bool = True
) -> sqlite3.Connection:
    if not write and path.is_file() and not os.access(path, os.W_OK):
        # Nobody of ours writes to it: read it as it lies there, without files beside it.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, timeout=wait, isolation_level=None)
    # `mode=rw`: a file that vanished is not silently replaced by an empty one.
    address = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(address, uri=True, timeout=wait, isolation_level=None)
    try:
        _write_ahead(connection, wait)
        connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """Switch the log on; SQLite itself does not wait for another process that does so too."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as busy:
            if "locked" not in str(busy) or time.monotonic() >= until:
                raise
            time.sleep(0.01)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_another_version(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > VERSION:
        raise Refusal(
            f"expected reviews of version {VERSION} in {path}: found version {version}, "
            "written by a newer IDC Review. Update this one; nothing was changed."
        )
    if version < VERSION and os.access(path, os.W_OK):
        raise Refusal(
            f"expected reviews of version {VERSION} in {path}: found version {version}; the file "
            "was replaced while it was open. Nothing was stored. Start the dashboard again."
        )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system say into one sentence with the cure."""
    try:
        yield
    except (sqlite3.Error, OSError) as broken:
        raise Refusal(_reason(path, str(broken).lower())) from None


def _reason(path: Path, said: str) -> str:
    kept = "Nothing was stored."
    if "locked" in said or "busy" in said:
        return f"expected to write to {path}: another process holds it. Try again. {kept}"
    if "unable to open" in said or "no such table" in said:
        return (
            f"expected the reviews in {path}: the file cannot be opened or is gone. {kept} "
            "Put it back, or see that its folder may be written and start the dashboard again to "
            "begin a new one."
        )
    if "full" in said or "disk i/o" in said or "no space" in said:
        return (
            f"expected room on the disk of {path}: it is full or fails ({said[:120]}). "
            f"Make room, try again. {kept}"
        )
    if "readonly" in said or "permission" in said or "read-only" in said:
        return f"expected to write to {path}: it may only be read. Change its rights. {kept}"
    if "malformed" in said or "not a database" in said or "tree" in said or "page" in said:
        return (
            f"expected reviews in {path}: it is damaged or no SQLite file ({said[:120]}). {kept} "
            "Put back a copy, or move it away to begin a new one."
        )
    return f"expected reviews in {path}: they cannot be used ({said[:120]}). {kept}"
