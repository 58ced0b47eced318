"""An audit log in a file: a line an entry, each with the digest of the line before.

With it goes its closing count (`.head`): how many lines there are and the digest of the last.
Without it nobody could see that the last lines were taken away. A line is written first and counted
then, so that a server that is killed in between leaves one line that is not counted yet.

Whoever may write both files can write them anew as a whole: against that, the count is to be kept
elsewhere (SECURITY.md).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from idc_core.audit.chain import entry_in, followed, mark
from idc_core.audit.log import Checked, Entry
from idc_core.io import record
from idc_core.io.files import write_lines
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
            yield entry_in(line, f"line {number} of {self.path}")

    def stamp(self) -> str:
        """What changes with every entry; see `AuditLog.stamp`."""
        found = [each.stat() for each in (self.path, self.head) if each.is_file()]
        return repr([self.path, *((each.st_mtime_ns, each.st_size) for each in found)])

    def check(self) -> Checked:
        """Follow the log; see `AuditLog.check`."""
        head = self._head()
        return followed(self._lines(0), head.lines, head.last, uncounted=1)

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
            head = Head(lines=head.lines + 1, size=head.size + len(line) + 1, last=mark(line))
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


def write_whole(path: Path, lines: Sequence[bytes]) -> None:
    """Make a file of a whole log that lay elsewhere, with its closing count."""
    log = FileLog(path)
    write_lines(path, lines)
    size = sum(len(line) + 1 for line in lines)
    record.write(log.head, Head(lines=len(lines), size=size, last=mark(lines[-1])))
