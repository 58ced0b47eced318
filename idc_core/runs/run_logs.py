"""The logs of a run, its ledger and its looks at test, wherever their lines lie.

They lie in the run's folder and, where `IDC_REVIEWS_URL` names a server, there too. Both are read
as one log: the server's lines in their order, then those that the folder alone holds. What is new
goes to the server alone. The first line that a run puts there takes those of the folder along, so
that the chain goes on, and a machine with an older copy of the folder sees all of it.

What is chosen while a run is made lies in its folder and is sealed with it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from idc_core.io import record
from idc_core.io.files import json_in, log_lines, write_lines
from idc_core.io.lock import soon_alone
from idc_core.io.postgres.address import Address, address_from_environment
from idc_core.io.progress import is_training
from idc_core.io.record import Record
from idc_core.records.ledger import (
    LEDGER,
    LOOKS,
    Look,
    OperatingPoint,
    look_in,
    points_in,
    read_looks,
    read_points,
)
from idc_core.records.run_info import read_info
from idc_core.runs import seal
from idc_core.runs.writer import UNFINISHED

if TYPE_CHECKING:  # only a server needs its driver
    from idc_core.io.postgres.session import Session

NAMES = (LEDGER, LOOKS)

_WAIT = 10.0
"""Seconds that a writer waits for others."""


class Log(Protocol):
    """A log that one holds for writing: its `lines`, oldest first, and a way to add one."""

    @property
    def lines(self) -> Sequence[bytes]: ...
    def add(self, new: Record) -> None: ...


def lines(folder: Path, log: str) -> list[bytes]:
    """The lines of a run's log, oldest first; raises `Refusal` where the server cannot be asked."""
    own, address = log_lines(folder / log), address_from_environment()
    if address is None:
        return own
    from idc_core.io.postgres import logs

    return joined(logs.lines(address, name_of(folder, log)), own)


def points(folder: Path) -> list[OperatingPoint]:
    """Thresholds that were locked in a run, newest last."""
    address = address_from_environment()
    if address is None:
        return read_points(folder)
    where = f"the ledger of {folder.name} in {folder} and {address}"
    return points_in(_contents(folder, LEDGER, where), where, folder.name)


def looks(folder: Path) -> list[Look]:
    """Thresholds that were looked at on test, oldest first, each once."""
    address = address_from_environment()
    if address is None:
        return read_looks(folder)
    where = f"the looks of {folder.name} in {folder} and {address}"
    found = [look_in(content, where) for content in _contents(folder, LOOKS, where)]
    return list({(each.threshold, each.calibration): each for each in reversed(found)}.values())[
        ::-1
    ]


def _contents(folder: Path, log: str, where: str) -> list[object]:
    return [
        json_in(line, f"JSON in line {number} of {where}")
        for number, line in enumerate(lines(folder, log), start=1)
    ]


def name_of(folder: Path, log: str) -> str:
    """What a run's log is called on a server."""
    return f"{read_info(folder).identity}/{log}"


def joined(on_server: Sequence[bytes], own: Sequence[bytes]) -> list[bytes]:
    """The server's lines and, after them, those that the folder alone holds.

    >>> joined([b"a", b"c"], [b"a", b"b", b"a"])
    [b'a', b'c', b'b', b'a']
    """
    known, alone = Counter(on_server), []
    for line in own:
        if known[line]:
            known[line] -= 1
        else:
            alone.append(line)
    return [*on_server, *alone]


@contextmanager
def writing(folder: Path, log: str, *, in_folder: bool = False) -> Iterator[Log]:
    """Hold a run's log and add to it what must be on the disk when the block ends without error.

    One writer at a time; others wait a while. `in_folder`: whatever server there is. Raises
    `Refusal` where it cannot be written; nothing is stored then.
    """
    address = address_from_environment()
    if in_folder or address is None or _is_being_made(folder):
        with _alone(folder):
            yield _InFolder(folder, log, log_lines(folder / log) if in_folder else None)
        return
    from idc_core.io.postgres import logs, server

    logs.make_ready(address)
    with server.writing(address, _WAIT) as session:
        yield _OnServer(session, folder, log)


def bring(folder: Path, address: Address) -> int:
    """Write into a run's folder what only the server holds of its logs, and seal it so; how many
    lines. The folder can be shipped then: it reads the same without the server."""
    from idc_core.io.postgres import logs

    brought = 0
    with _alone(folder):
        for log in NAMES:
            own = log_lines(folder / log)
            both = joined(logs.lines(address, name_of(folder, log)), own)
            if both == own:
                continue
            with seal.changing(folder, log):
                write_lines(folder / log, both)
            brought += len(both) - len(own)
    return brought


def _is_being_made(folder: Path) -> bool:
    return (folder / UNFINISHED).exists() or is_training(folder)


class _InFolder:
    def __init__(self, folder: Path, log: str, known: list[bytes] | None) -> None:
        self._folder, self._log = folder, log
        self.lines: Sequence[bytes] = lines(folder, log) if known is None else known

    def add(self, new: Record) -> None:
        with seal.changing(self._folder, self._log):
            record.append(self._folder / self._log, new)


class _OnServer:
    def __init__(self, session: "Session", folder: Path, log: str) -> None:
        from idc_core.io.postgres import logs

        self._session, self._name = session, name_of(folder, log)
        there = list(logs.lines_in(session, self._name))
        self.lines: Sequence[bytes] = joined(there, log_lines(folder / log))
        self._alone = self.lines[len(there) :]

    def add(self, new: Record) -> None:
        from idc_core.io.postgres import logs

        logs.add(self._session, self._name, [*self._alone, record.line(new)])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time. A half line is cut off before anything follows."""
    with soon_alone(folder / ".ledger", "writing the ledger"):
        for name in NAMES:
            _mend(folder / name)
        yield


def _mend(file: Path) -> None:
    """Make a file end with a whole line."""
    if not file.is_file() or file.read_bytes()[-1:] in (b"", b"\n"):
        return
    whole = b"".join(line + b"\n" for line in log_lines(file))
    if len(whole) > file.stat().st_size:
        with file.open("ab") as end:
            end.write(b"\n")
    else:
        with file.open("r+b") as end:
            end.truncate(len(whole))
