"""The log of readers' verdicts: appended to, never changed, read as tables."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from idc_core.data.places import place_of
from idc_core.reviews.verdict import Verdict
from idc_core.reviews.where import Connection, Where, make_ready, reading, writing

COLUMNS = (
    "id",
    "token",
    "at",
    "reviewer",
    "verdict",
    "says",
    "stage",
    "comment",
    "data",
    "patient",
    "slide",
    "x",
    "y",
    "label",
    "score",
    "threshold",
    "run",
    "model",
    "split",
    "undone",
)
"""`slide` is left out where no verdict names one: the patient's name is then the slide's."""

_SEEN = [field.name for field in fields(Verdict)]
_STORED = [name for name in COLUMNS if name not in ("says", "undone")]
_UNDONE = (
    "EXISTS (SELECT 1 FROM event u "
    "WHERE u.undoes = e.token AND u.reviewer = e.reviewer AND u.data = e.data)"
)
_UNSORTED = "e.data || ''"
"""The data where rows are sought by number: no index over it is of use."""

Mark = tuple[str, int]
"""Which log it is (the token of its first event) and how far it goes (the number of its last)."""


@dataclass(frozen=True)
class News:
    """What was appended after an event: verdicts, and batches undone as (token, reviewer)."""

    verdicts: pd.DataFrame
    undone: frozenset[tuple[str, str]]
    mark: Mark


class Reviews:
    """The opened reviews; every call has a connection of its own, so threads may share it."""

    def __init__(self, where: Where, *, wait: float = 30.0) -> None:
        """`wait`: seconds to wait for another process that writes."""
        self.where, self._wait = where, wait

    def record(self, verdicts: Sequence[Verdict], *, token: str | None = None) -> str:
        """Keep verdicts, all or none; returns when they are on the disk, with their token.

        The same verdicts under a `token` that was recorded before change nothing: a form sent
        twice counts once. Other verdicts under it get a token of their own.
        """
        token = token or uuid.uuid4().hex
        seen = [_plain(one) for one in verdicts]
        insert = (
            f"INSERT INTO event (token, number, at, {', '.join(_SEEN)}) "
            f"VALUES ({', '.join('?' * (len(_SEEN) + 3))})"
        )
        known = f"SELECT {', '.join(_SEEN)} FROM event WHERE token = ? ORDER BY number"
        with writing(self.where, self._wait) as connection:
            stored = connection.execute(known, (token,)).fetchall()
            if stored and stored == seen:
                return token
            token = uuid.uuid4().hex if stored else token
            at = now()
            connection.executemany(insert, [(token, n, at, *one) for n, one in enumerate(seen)])
        return token

    def undo(
        self, reviewer: str, *, data: str | None = None, token: str | None = None
    ) -> str | None:
        """Take back the reader's newest batch that stands; its token, None if none stands.

        `data`: only of these patches. `token`: this batch and no other, if it still stands.
        """
        # Newest first by number: the index over patches would sort them all.
        wanted = {"e.reviewer": reviewer, _UNSORTED: data, "e.token": token}
        only, given = _where(wanted)
        with writing(self.where, self._wait) as connection:
            found = connection.execute(
                f"SELECT token FROM event e WHERE {only} AND undoes IS NULL "
                f"AND NOT {_UNDONE} ORDER BY id DESC LIMIT 1",
                given,
            ).fetchone()
            if found is None:
                return None
            connection.execute(
                "INSERT INTO event (token, number, at, undoes, data, reviewer) "
                "SELECT ?, ROW_NUMBER() OVER (), ?, token, data, reviewer FROM "
                "(SELECT DISTINCT token, data, reviewer FROM event e "
                f"WHERE token = ? AND {only}) AS own",
                (uuid.uuid4().hex, now(), found[0], *given),
            )
        return str(found[0])

    def history(
        self, data: str, *, patient: str | None = None, x: int | None = None, y: int | None = None
    ) -> pd.DataFrame:
        """Every verdict, oldest first, columns `COLUMNS`; `undone` says which were taken back."""
        wanted = {"e.data": data, "e.patient": patient, "e.x": x, "e.y": y}
        with reading(self.where, self._wait) as connection:
            return _verdicts(connection, *_where(wanted))

    def news(self, data: str, after: int = 0) -> News:
        """What was appended after the event `after`, as one moment saw it."""
        with reading(self.where, self._wait) as connection:
            only, given = _where({_UNSORTED: data})
            verdicts = _verdicts(connection, f"{only} AND e.id > ?", (*given, after))
            undone = connection.execute(
                f"SELECT undoes, reviewer FROM event e "
                f"WHERE {only} AND e.id > ? AND undoes IS NOT NULL",
                (*given, after),
            )
            return News(verdicts, frozenset(undone.fetchall()), _mark(connection))

    def standing(
        self,
        data: str,
        *,
        patient: str | None = None,
        reviewer: str | None = None,
        stage: str | None = None,
    ) -> pd.DataFrame:
        """The newest verdict that was not taken back, of each reader, patch and stage."""
        wanted = {
            "e.data": data,
            "e.patient": patient,
            "e.reviewer": reviewer,
            "e.stage": stage,
        }
        with reading(self.where, self._wait) as connection:
            return standing_of(_verdicts(connection, *_where(wanted)))

    def progress(self, data: str, reviewer: str | None = None) -> pd.DataFrame:
        """By patient: how many patches have a standing verdict (`reviewed`), and the `newest`."""
        return progress_of(self.standing(data, reviewer=reviewer))

    def stamp(self) -> int:
        """Grows whenever something was appended, by any process."""
        return self.mark()[1]

    def mark(self) -> Mark:
        """Changes whenever something was appended, or the file was replaced by another one."""
        with reading(self.where, self._wait) as connection:
            return _mark(connection)


def open_reviews(where: Where, *, wait: float = 30.0) -> Reviews:
    """Open or make the reviews in `where`; an older schema is brought up to date (of a file, after
    a backup beside it).

    Raises `Refusal` for a newer schema, for a file that is damaged, locked or not writable, and for
    a server that cannot be reached.
    """
    make_ready(where, wait)
    return Reviews(where, wait=wait)


def with_news(history: pd.DataFrame, news: News) -> pd.DataFrame:
    """A history of the same log, brought up to date."""
    if not news.verdicts.empty:
        parts = [history, news.verdicts] if len(history) else [news.verdicts]
        history = pd.concat(parts, ignore_index=True)
    undone = history["undone"].to_numpy(dtype=bool, copy=True)
    tokens, reviewers = history["token"], history["reviewer"]
    for token, reviewer in news.undone:
        undone |= ((tokens == token) & (reviewers == reviewer)).to_numpy(dtype=bool)
    return history.assign(undone=undone)


def standing_of(history: pd.DataFrame) -> pd.DataFrame:
    """The verdicts of a history that stand."""
    kept = history[~history["undone"].to_numpy(dtype=bool)]
    # Of several by one reader on one patch, the newest.
    key = ["reviewer", *place_of(kept), "stage"]
    return kept.drop_duplicates(key, keep="last").reset_index(drop=True)


def progress_of(standing: pd.DataFrame) -> pd.DataFrame:
    """By patient: how many patches have a verdict (`reviewed`), and the time of the `newest`."""
    distinct = standing.drop_duplicates(place_of(standing)).groupby("patient").size()
    newest = standing.groupby("patient")["at"].max()
    return pd.DataFrame({"reviewed": distinct, "newest": newest}).reset_index(names="patient")


def _verdicts(connection: Connection, only: str, given: tuple[Any, ...]) -> pd.DataFrame:
    rows = connection.execute(
        f"SELECT {', '.join(_STORED)}, {_UNDONE} FROM event e "
        f"WHERE undoes IS NULL AND {only} ORDER BY id",
        given,
    ).fetchall()
    frame = pd.DataFrame.from_records(rows, columns=[*_STORED, "undone"])
    whole = frame.assign(says=_says(frame), undone=frame["undone"].astype(bool))
    names_slides = bool((frame["slide"] != "").any())
    return whole[[name for name in COLUMNS if name != "slide" or names_slides]]


def _says(frame: pd.DataFrame) -> pd.Series:
    """`says` of every row at once."""
    said = frame["verdict"].map({"idc": 1, "no_idc": 0}).astype("Int8")
    called = (frame["score"] >= frame["threshold"]).astype("Int8")
    said = said.mask(frame["verdict"] == "agree_model", called)
    return said.mask(frame["verdict"] == "agree_label", frame["label"].astype("Int8"))


def _mark(connection: Connection) -> Mark:
    first = connection.execute("SELECT token FROM event ORDER BY id LIMIT 1").fetchone()
    last = connection.execute("SELECT MAX(id) FROM event").fetchone()[0]
    return (str(first[0]), int(last)) if first else ("", 0)


def _where(wanted: Mapping[str, str | int | None]) -> tuple[str, tuple[str | int, ...]]:
    given = {name: value for name, value in wanted.items() if value is not None}
    return " AND ".join(f"{name} = ?" for name in given), tuple(given.values())


def _plain(verdict: Verdict) -> tuple[str | int | float, ...]:
    """Its fields as a database takes them: numbers of NumPy are none to it."""
    values = (getattr(verdict, name) for name in _SEEN)
    return tuple(value if isinstance(value, str) else _number(value) for value in values)


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
