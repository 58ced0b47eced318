"""What readers said of patches: an append-only list of events in SQLite.

A verdict is never changed: it is followed by another one, or by an undo. Label, score, threshold,
run and model are stored as the reader saw them. SQLite may be replaced by a server behind this
module; nothing else knows where verdicts lie.

Durability: write-ahead log, `synchronous=FULL`, one transaction a batch, so that what `record`
returned from is on the disk. The file must lie on a disk of this machine: SQLite's log does not
work over a network.
"""

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from idc_core.places import data_root
from idc_core.refusal import Refusal
from idc_core.runs import Run

VERDICTS = (
    "agree_model", "agree_label", "idc", "no_idc", "unsure", "artefact", "not_assessable",
)  # fmt: skip
STAGES = ("open", "blind", "revealed")
"""Whether the model's answer and the label were in view: from the start, not yet, or since a
blind verdict was given."""

VERSION = 1
LONGEST_NAME, LONGEST_COMMENT = 80, 2000

_SCHEMA = """
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, undoes TEXT,
  data TEXT NOT NULL, patient TEXT, x INTEGER, y INTEGER, reviewer TEXT NOT NULL,
  verdict TEXT, run TEXT, model TEXT, split TEXT, threshold REAL, score REAL, label INTEGER,
  stage TEXT, comment TEXT,
  UNIQUE (token, number)
);
CREATE INDEX event_patch ON event (data, patient, x, y);
CREATE INDEX event_undoes ON event (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER event_is_fixed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
"""
_UPGRADES: dict[int, Callable[[sqlite3.Connection], None]] = {}
"""From each older version to the next."""

COLUMNS = (
    "id", "token", "at", "reviewer", "verdict", "says", "stage", "comment", "data", "patient",
    "x", "y", "label", "score", "threshold", "run", "model", "split", "undone",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reader says of one patch, with all they saw; `data` is that of `data_key`."""

    data: str
    patient: str
    x: int
    y: int
    reviewer: str
    verdict: str
    run: str
    model: str
    split: str
    threshold: float
    score: float
    label: int
    stage: str = "open"
    comment: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise Refusal(f"expected a verdict of {', '.join(VERDICTS)}: found {self.verdict!r}.")
        if self.stage not in STAGES:
            raise Refusal(f"expected a stage of {', '.join(STAGES)}: found {self.stage!r}.")
        if not 0 < len(self.reviewer.strip()) <= LONGEST_NAME:
            raise Refusal(
                f"expected a reader's name of 1 to {LONGEST_NAME} characters: "
                f"found {len(self.reviewer.strip())}. Write who reads, then judge again."
            )
        if len(self.comment) > LONGEST_COMMENT:
            raise Refusal(
                f"expected a comment of at most {LONGEST_COMMENT:,} characters: "
                f"found {len(self.comment):,}. Shorten it."
            )


def says(verdict: str, label: int, score: float, threshold: float) -> int | None:
    """What a verdict makes of the patch: 1 IDC, 0 no IDC, None neither.

    >>> says("agree_model", 0, 0.9, 0.5), says("agree_label", 0, 0.9, 0.5), says("unsure", 0, 1, 0)
    (1, 0, None)
    """
    if verdict == "agree_model":
        return int(score >= threshold)
    if verdict == "agree_label":
        return int(label)
    return {"idc": 1, "no_idc": 0}.get(verdict)


def data_key(run: Run) -> str:
    """What patches of a run are the same as in another: the data's fingerprint, if it has one."""
    fingerprint = (run.info.get("data") or {}).get("fingerprint")
    return str(fingerprint) if fingerprint else f"run:{run.name}"


def default_path() -> Path:
    """Where reviews lie: `IDC_REVIEWS`, or `reviews.sqlite` beside the data."""
    named = os.environ.get("IDC_REVIEWS")
    return Path(named) if named else data_root() / "reviews.sqlite"


class Reviews:
    """The opened reviews; every call has a connection of its own, so threads may share it."""

    def __init__(self, path: Path, *, wait: float = 30.0) -> None:
        """`wait`: seconds to wait for another process that writes."""
        self.path, self._wait = path, wait

    def record(self, verdicts: Sequence[Verdict], *, token: str | None = None) -> str:
        """Keep verdicts, all or none; returns when they are on the disk, with their token.

        A `token` that was recorded before changes nothing: a form sent twice counts once.
        """
        token = token or uuid.uuid4().hex
        at = _now()
        names = [field.name for field in fields(Verdict)]
        insert = (
            f"INSERT INTO event (token, number, at, {', '.join(names)}) "
            f"VALUES ({', '.join('?' * (len(names) + 3))})"
        )
        with self._writing() as connection:
            known = connection.execute("SELECT 1 FROM event WHERE token = ?", (token,)).fetchone()
            if known is None:
                connection.executemany(
                    insert, [(token, nth, at, *_plain(one)) for nth, one in enumerate(verdicts)]
                )
        return token

    def undo(self, reviewer: str, *, data: str) -> str | None:
        """Take back the reader's newest batch that stands; its token, None if none stands."""
        with self._writing() as connection:
            found = connection.execute(
                "SELECT token FROM event e WHERE reviewer = ? AND data = ? AND undoes IS NULL AND "
                "NOT EXISTS (SELECT 1 FROM event u WHERE u.undoes = e.token) "
                "ORDER BY id DESC LIMIT 1",
                (reviewer, data),
            ).fetchone()
            if found is None:
                return None
            connection.execute(
                "INSERT INTO event (token, number, at, undoes, data, reviewer) "
                "VALUES (?, 0, ?, ?, ?, ?)",
                (uuid.uuid4().hex, _now(), found[0], data, reviewer),
            )
        return str(found[0])

    def history(
        self, data: str, *, patient: str | None = None, x: int | None = None, y: int | None = None
    ) -> pd.DataFrame:
        """Every verdict, oldest first, columns `COLUMNS`; `undone` says which were taken back."""
        wanted = {"data": data, "patient": patient, "x": x, "y": y}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"e.{name} = ?" for name in given)
        query = (
            "SELECT e.*, EXISTS (SELECT 1 FROM event u WHERE u.undoes = e.token) AS undone "
            f"FROM event e WHERE e.undoes IS NULL AND {where} ORDER BY e.id"
        )
        with self._reading() as connection:
            frame = pd.read_sql_query(query, connection, params=tuple(given.values()))
        return _with_says(frame)

    def standing(
        self, data: str, *, patient: str | None = None, reviewer: str | None = None,
        stage: str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """The newest verdict that was not taken back, of each reader, patch and stage."""
        frame = self.history(data, patient=patient)
        kept = ~frame["undone"].astype(bool)
        if reviewer is not None:
            kept &= frame["reviewer"] == reviewer
        if stage is not None:
            kept &= frame["stage"] == stage
        key = ["reviewer", "patient", "x", "y", "stage"]
        return frame[kept].drop_duplicates(key, keep="last").reset_index(drop=True)

    def progress(self, data: str, reviewer: str | None = None) -> pd.DataFrame:
        """By patient: how many patches have a standing verdict (`reviewed`), and the `newest`."""
        standing = self.standing(data, reviewer=reviewer)
        distinct = standing.drop_duplicates(["patient", "x", "y"]).groupby("patient").size()
        newest = standing.groupby("patient")["at"].max()
        return pd.DataFrame({"reviewed": distinct, "newest": newest}).reset_index(names="patient")

    def stamp(self) -> int:
        """Grows whenever something was appended, by any process."""
        with self._reading() as connection:
            return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM event").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection; what SQLite has to complain of becomes a sentence."""
        with _explained(self.path), closing(_connect(self.path, self._wait)) as connection:
            yield connection


def open_reviews(path: Path, *, wait: float = 30.0) -> Reviews:
    """Open or make the reviews in `path`; an older schema is backed up, then brought up to date.

    Raises `Refusal` for a newer schema and for a file that is damaged, locked or not writable.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _explained(path), closing(_connect(path, wait, create=True)) as connection:
        version = _version(connection)
        if version < VERSION:
            connection.execute("BEGIN IMMEDIATE")
            version = _version(connection)  # another process may have been faster
            _upgrade(connection, path, version)
            connection.execute("COMMIT")
        elif version > VERSION:
            raise Refusal(
                f"expected reviews of version {VERSION} in {path}: found version {version}, "
                "written by a newer IDC Review. Update this one; nothing was changed."
            )
    return Reviews(path, wait=wait)


def _upgrade(connection: sqlite3.Connection, path: Path, version: int) -> None:
    if version == 0:
        for statement in _statements(_SCHEMA):
            connection.execute(statement)
    else:
        _back_up(path, version)
        for older in range(version, VERSION):
            _UPGRADES[older](connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _back_up(path: Path, version: int) -> None:
    """A whole copy beside the file; a connection of its own sees what was committed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy = path.with_name(f"{path.stem}.v{version}.{stamp}.sqlite")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _statements(script: str) -> list[str]:
    """One statement each: `executescript` would end the transaction that is open."""
    statements, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


def _connect(path: Path, wait: float, *, create: bool = False) -> sqlite3.Connection:
    # `mode=rw`: a file that vanished is not silently replaced by an empty one.
    address = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(address, uri=True, timeout=wait, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * wait)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _with_says(frame: pd.DataFrame) -> pd.DataFrame:
    seen = zip(frame["verdict"], frame["label"], frame["score"], frame["threshold"], strict=True)
    said = pd.array([says(*one) for one in seen], dtype="Int8")
    return frame.assign(says=said, undone=frame["undone"].astype(bool))[list(COLUMNS)]


def _plain(verdict: Verdict) -> tuple[str | int | float, ...]:
    """Its fields as SQLite takes them: numbers of NumPy are none to it."""
    values = (getattr(verdict, field.name) for field in fields(Verdict))
    return tuple(value if isinstance(value, str) else _number(value) for value in values)


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, pd.errors.DatabaseError) as broken:
        raise Refusal(_reason(path, str(broken).lower())) from None


def _reason(path: Path, said: str) -> str:
    kept = "Nothing was stored."
    if "locked" in said or "busy" in said:
        return f"expected to write to {path}: another process holds it. Try again. {kept}"
    if "unable to open" in said or "no such table" in said:
        return (
            f"expected the reviews in {path}: the file cannot be opened or is gone. {kept} "
            "Put it back, or start the dashboard again to begin a new one."
        )
    if "full" in said:
        return f"expected room on the disk of {path}: it is full. Make room, try again. {kept}"
    if "readonly" in said:
        return f"expected to write to {path}: it may only be read. Change its rights. {kept}"
    return f"expected reviews in {path}: it is damaged or no SQLite file ({said[:120]}). {kept}"
