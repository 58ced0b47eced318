"""Moving what lies in files to the server of `IDC_REVIEWS_URL`, proved by counts and digests.

All of it in one transaction. Verdicts and regions come out of SQLite; locked thresholds and looks
out of the folders of runs, which stay readable; the audit log out of its file. Runs and audit may
have been moved before: what the server has already is not copied again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from idc_core.audit.file import FileLog
from idc_core.audit.where import LOG
from idc_core.backup.contents import run_folders
from idc_core.io.files import log_lines
from idc_core.io.lock import soon_alone
from idc_core.io.postgres import logs, server
from idc_core.io.postgres.address import Address
from idc_core.io.postgres.session import Session
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import LEDGER, LOOKS
from idc_core.records.run_info import info_if_whole
from idc_core.reviews.rows import (
    COLUMNS,
    Counted,
    Digest,
    digests_in,
    fill_in,
    lines_of,
    refuse_other,
)
from idc_core.reviews.where import make_ready, writing
from idc_core.runs import run_logs

KINDS = {LEDGER: "locked threshold", LOOKS: "look at test", LOG: "entry of the audit log"}
"""What a line of each is."""

_Logs = Mapping[str, Mapping[str, Sequence[bytes]]]
"""By kind, by name on the server: the lines of a file."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What lies on the server now, by what a row or line is; `left`: a sentence on what stays."""

    digests: dict[str, Digest]
    left: str = ""


def move_all(
    reviews: Path | None, models: Path, audit: Path, target: Address, wait: float = 30.0
) -> Moved:
    """Copy everything to `target`; `reviews`: a SQLite file, whose rows need an empty server.

    Nobody else writes meanwhile. All files stay as they are. Raises `Refusal`, and nothing is
    stored then.
    """
    if reviews is not None:
        make_ready(reviews, wait)
    logs.make_ready(target, wait)
    with ExitStack() as held:
        source = held.enter_context(writing(reviews, wait)) if reviews is not None else None
        own = {**_of_runs(models, held), LOG: _of_audit(audit, held)}
        before = {} if source is None else digests_in(source)
        with server.writing(target, wait) as session:
            left = _left_out(session, own, audit)
            if source is not None:
                fill_in(session, target, {table: lines_of(source, table) for table in COLUMNS})
            for kind in own.values():
                for name, lines in kind.items():
                    there = list(logs.lines_in(session, name))
                    logs.add(session, name, run_logs.joined(there, lines)[len(there) :])
            before |= _digests(own)
            refuse_other("the files", target, before, _found(session, own, before))
        with server.reading(target) as session:
            refuse_other("the files", target, before, _found(session, own, before))
    return Moved(before, left)


def _of_runs(models: Path, held: ExitStack) -> dict[str, dict[str, Sequence[bytes]]]:
    """The logs of all runs, each held until they are moved."""
    found: dict[str, dict[str, Sequence[bytes]]] = {log: {} for log in run_logs.NAMES}
    for folder in run_folders(models):
        has_some = any((folder / log).is_file() for log in run_logs.NAMES)
        if not has_some or info_if_whole(folder) is None:  # nobody knows whose a damaged one's are
            continue
        held.enter_context(soon_alone(folder / ".ledger", "moving the ledger"))
        for log in run_logs.NAMES:
            if lines := log_lines(folder / log):
                name = run_logs.name_of(folder, log)
                # A copy of a run, or one that was replaced by its own extension, has the same name.
                found[log][name] = run_logs.joined(found[log].get(name, []), lines)
    return found


def _of_audit(file: Path, held: ExitStack) -> dict[str, Sequence[bytes]]:
    if not file.is_file():
        return {}
    held.enter_context(soon_alone(file.with_name(f".{file.name}.lock"), "moving the audit log"))
    checked = FileLog(file).check()
    if checked.broken is not None:
        raise Refusal(
            f"expected an audit log in {file} that was not changed: {checked.why} Nothing was "
            "moved. Put it elsewhere, to be kept as it is, and the server begins a new one."
        )
    lines = log_lines(file)
    return {LOG: lines} if lines else {}


def _left_out(session: Session, own: dict[str, dict[str, Sequence[bytes]]], audit: Path) -> str:
    """Take the audit log out where the server's has another beginning: a chain has one."""
    lines = own[LOG].get(LOG, [])
    there = list(logs.lines_in(session, LOG))
    if not lines or lines == there[: len(lines)] or not there:
        return ""
    own[LOG] = {}
    return (
        f"The audit log on the server began without {audit}, which stays a log of its own: read it "
        f"with python train_cli.py audit --log {audit}"
    )


def _digests(own: _Logs) -> dict[str, Digest]:
    return {
        KINDS[kind]: _digest(line for name in sorted(logs) for line in logs[name])
        for kind, logs in own.items()
    }


def _found(session: Session, own: _Logs, wanted: Iterable[str]) -> dict[str, Digest]:
    """The digests of the same on the server, without what it holds besides."""
    there = {
        kind: {
            name: _of_these(list(logs.lines_in(session, name)), lines)
            for name, lines in given.items()
        }
        for kind, given in own.items()
    }
    tables = [table for table in COLUMNS if table in wanted]
    return digests_in(session, tables) | _digests(there)


def _of_these(there: Sequence[bytes], lines: Sequence[bytes]) -> list[bytes]:
    wanted, found = Counter(lines), []
    for line in there:
        if wanted[line]:
            wanted[line] -= 1
            found.append(line)
    return found


def _digest(lines: Iterable[bytes]) -> Digest:
    counted = Counted(line + b"\n" for line in lines)
    for _ in counted:
        pass
    return counted.digest()
