"""An audit log in a file: a line an entry, each with the digest of the line before.

With it goes its closing count (`.head`): how many lines there are and the digest of the last.
Without it nobody could see that the last lines were taken away. A line is written first and counted
then, so that a server that is killed in between leaves one line that is not counted yet.

Whoever may write both files can write them anew as a whole: against that, the count is to be kept
elsewhere (SECURITY.md).
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from idc_core.audit.log import Checked, Entry
from idc_core.io import record
from idc_core.io.files import json_in
from idc_core.io.lock import soon_alone
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal, refused_by_system


class Head(Record, frozen=True, kw_only=True):
    """`lines` whole lines of together `size` bytes, of which the last has the digest `last`."""

    lines: int = 0
    size: int = 0
    last: str | None = None


class FileLog:
    """The log in `path`; many processes may write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = path.with_name(f"{path.name}.head")

    def append(self, entry: Entry) -> None:
        """Add an entry; see `AuditLog.append`."""
        with soon_alone(self.path.with_name(f".{self.path.name}.lock"), "writing the audit log"):
            head = self._caught_up(self._head())
            if self.path.is_file():
                self._cut(head.size)
            record.append(self.path, record.replace(entry, previous=head.last))
            record.write(self.head, self._caught_up(head))

    def entries(self) -> Iterator[Entry]:
        """All entries; see `AuditLog.entries`."""
        for number, line in enumerate(self._lines(0), start=1):
            where = f"line {number} of {self.path}"
            yield record.of(Entry, json_in(line, f"JSON in {where}"), where)

    def stamp(self) -> str:
        """What changes with every entry; see `AuditLog.stamp`."""
        found = [each.stat() for each in (self.path, self.head) if each.is_file()]
        return repr([self.path, *((each.st_mtime_ns, each.st_size) for each in found)])

    def check(self) -> Checked:
        """Follow the log; see `AuditLog.check`."""
        number, last, before, at_head = 0, "", None, ""
        head = self._head()
        for number, line in enumerate(self._lines(0), start=1):
            where = f"line {number}"
            try:
                entry = record.of(Entry, json_in(line, where), where)
            except Refusal as refused:
                return Checked(number, last, number, f"Line {number} is no entry: {refused}")
            if entry.previous != before:
                return Checked(
                    number, last, number, f"Line {number} does not follow the one before."
                )
            last = before = _mark(line)
            if number == head.lines:
                at_head = last
        if number < head.lines:
            why = f"The log ends after {number:,} lines: {head.lines:,} were written."
            return Checked(number, last, number + 1, why)
        if at_head != (head.last or ""):
            return Checked(number, last, head.lines, f"Line {head.lines} is not the one written.")
        if number > head.lines + 1:
            why = f"{number - head.lines:,} lines follow the last that was counted."
            return Checked(number, last, head.lines + 1, why)
        return Checked(number, last)

    def _head(self) -> Head:
        if self.head.is_file():
            return record.read(Head, self.head, "Put the file back from a copy.")
        if self.path.is_file() and next(self._lines(0), None) is not None:
            raise Refusal(
                f"expected the closing count of {self.path} in {self.head.name}: it is not there. "
                "Put it back from a copy, or move both away to begin a new log."
            )
        return Head()

    def _caught_up(self, head: Head) -> Head:
        """The count with the lines that are there and not counted yet."""
        for line in self._lines(head.size):
            head = Head(lines=head.lines + 1, size=head.size + len(line) + 1, last=_mark(line))
        return head

    def _lines(self, start: int) -> Iterator[bytes]:
        """Whole lines from a byte on; what a kill cut short is none."""
        if not self.path.is_file():
            return
        with refused_by_system(f"read {self.path}"), self.path.open("rb") as file:
            file.seek(start)
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]

    def _cut(self, size: int) -> None:
        """Cut off what is no whole line, before another one follows it."""
        if self.path.stat().st_size > size:
            with self.path.open("r+b") as file:
                file.truncate(size)


def _mark(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
