"""Logs on a server: lines that are only added, and for each log its closing count.

The count says how many lines were written and the digest of the last, so that lines taken away at
the end show. Line and count are written in one transaction, one writer after the other.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from idc_core.io.postgres import server
from idc_core.io.postgres.address import Address
from idc_core.io.postgres.session import Session
from idc_core.io.refusal import Refusal

_AT_ONCE = 2_000
"""Lines that are held in memory."""


@dataclass(frozen=True, slots=True)
class Head:
    """How many lines were written to a log, and the SHA-256 of the last."""

    lines: int = 0
    last: str | None = None


def make_ready(address: Address, wait: float = 10.0) -> None:
    """Make the tables, or bring them up to date; asked of the server once a process."""
    if not is_begun(address):
        server.make_ready(address, wait)


def is_begun(address: Address) -> bool:
    """Whether there may be logs; nothing is changed by asking. Raises `Refusal`."""
    key = (address, os.getpid())
    if key not in _READY and server.is_ready(address):
        _READY.add(key)
    return key in _READY


_READY: set[tuple[Address, int]] = set()


def heads(address: Address) -> dict[str, Head]:
    """The closing count of every log."""
    if not is_begun(address):
        return {}
    with server.reading(address) as session:
        found = session.execute("SELECT log, lines, last FROM log_head").fetchall()
    return {log: Head(lines, last) for log, lines, last in found}


def head(session: Session, log: str) -> Head:
    """The closing count of a log."""
    found = session.execute("SELECT lines, last FROM log_head WHERE log = ?", (log,)).fetchone()
    return Head(*found) if found else Head()


def lines_in(session: Session, log: str) -> Iterator[bytes]:
    """The lines of a log, oldest first, whatever its closing count says."""
    last = -1
    while True:
        rows = session.execute(
            f"SELECT id, line FROM log_line WHERE log = ? AND id > ? ORDER BY id LIMIT {_AT_ONCE}",
            (log, last),
        ).fetchall()
        for _, line in rows:
            yield line.encode()
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def lines(address: Address, log: str) -> list[bytes]:
    """The lines of a log, oldest first; raises `Refusal` where its closing count counts others.

    They are fetched again only when the count has changed.
    """
    if not is_begun(address):
        return []
    with server.reading(address) as session:
        counted = head(session, log)
        known = _KNOWN.get((address, log))
        if known is not None and known[0] == counted:
            return list(known[1])
        found = list(lines_in(session, log))
    if len(found) != counted.lines or (found and mark(found[-1]) != counted.last):
        raise Refusal(
            f"expected {counted.lines:,} lines of {log} in {address}, as its closing count says: "
            f"found {len(found):,}, or another last one. Somebody changed them by hand; put back a "
            "backup."
        )
    _KNOWN[address, log] = counted, tuple(found)
    return found


_KNOWN: dict[tuple[Address, str], tuple[Head, tuple[bytes, ...]]] = {}


def add(session: Session, log: str, new: Sequence[bytes]) -> None:
    """Add lines to a log within a writing session."""
    if not new:
        return
    before = head(session, log)
    session.executemany(
        "INSERT INTO log_line (log, line) VALUES (?, ?)", [(log, _text(line)) for line in new]
    )
    session.execute(
        "INSERT INTO log_head (log, lines, last) VALUES (?, ?, ?) "
        "ON CONFLICT (log) DO UPDATE SET lines = excluded.lines, last = excluded.last",
        (log, before.lines + len(new), mark(new[-1])),
    )


def mark(line: bytes) -> str:
    """The digest by which the next line and the closing count know a line."""
    return hashlib.sha256(line).hexdigest()


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Refusal(
            f"expected a line of text for a log: found {line[:60]!r}. Put the file back from a "
            "copy; nothing was stored."
        ) from None
