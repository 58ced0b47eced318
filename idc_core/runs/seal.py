"""The seal of a run: `seal.json`, the digest of every artefact, written last.

It says of each file its size and SHA-256, and of each log that only grows how many lines it has and
the digest of the newest, which no chain inside the log can vouch for. A file that is rewritten on
purpose is named in the seal first (`changing`), so that a kill in the middle is told apart from a
file that somebody exchanged. Runs of older versions have no seal and open as before.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from idc_core.io import record
from idc_core.io.files import log_lines, read_json, sha256_of, write_json
from idc_core.io.lock import soon_alone
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal

FILE = "seal.json"
FORMAT = 1

STATE_WORDS = {
    "run.json": "the facts of the run",
    "predictions.parquet": "the scores",
    "predictions/parts.json": "the list of the files of scores",
    "model.onnx": "the network that scores and explains",
    "model.keras": "the Keras network",
    "report.json": "the report",
    "calibration.json": "the saved score map",
    "smoothing.json": "the kept smoothing",
    "labels.csv": "the corrected labels",
    "out_of_fold.parquet": "the out-of-fold scores",
    "folds.json": "the folds",
    "fold_patients.parquet": "the list of whom each fold learnt from",
    "fitted_on.parquet": "the list of the patients it was fitted on",
    "history.csv": "the history of epochs",
    "events.jsonl": "the events of the training",
    "watched.parquet": "the watched patches",
    "watched_scores.f16": "the watched scores",
    "rejects.csv": "the refused rows",
    "input_profile.json": "the profile of the training patches",
}
"""Every file that is sealed as a whole, in words; tags, trackers and derived files are not."""

LOGS = {"operating_points.jsonl": "the ledger", "looks.jsonl": "the looks at test"}
"""Files that only grow, a line at a time."""

Digest = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Whole:
    """A file as it was sealed."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Log:
    """A log as it was sealed: lines, and the SHA-256 of the newest (None of an empty one)."""

    lines: int
    head: str | None


@dataclass(frozen=True, slots=True)
class Seal:
    """`sealed`: when; `changing`: files that somebody was rewriting on purpose."""

    sealed: str
    files: Mapping[str, Whole]
    logs: Mapping[str, Log]
    changing: tuple[str, ...] = ()


def write(folder: Path) -> None:
    """Seal a run folder as it is now."""
    with _alone(folder):
        files = {name: _whole(folder / name) for name in STATE_WORDS if (folder / name).is_file()}
        logs = {name: _log(folder / name) for name in LOGS if (folder / name).is_file()}
        _save(folder, Seal(now(), files, logs))


def read(folder: Path) -> Seal | None:
    """A run's seal; None where it has none, `Refusal` where it is damaged."""
    file = folder / FILE
    if not file.exists():
        return None
    content = read_json(file)
    try:
        return Seal(
            str(content["sealed"]),
            {str(n): Whole(str(e["sha256"]), int(e["bytes"])) for n, e in content["files"].items()},
            {
                str(n): Log(int(e["lines"]), None if e["head"] is None else str(e["head"]))
                for n, e in content["logs"].items()
            },
            tuple(map(str, content.get("changing", []))),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refusal(
            f"expected a seal in {file}: found {str(content)[:60]!r}. Put the file back from a "
            "copy of the run; without it nothing can vouch for the run."
        ) from None


def remove(folder: Path) -> None:
    """Break the seal: the run goes on being written to and is sealed again at the end."""
    (folder / FILE).unlink(missing_ok=True)


@contextmanager
def changing(folder: Path, *names: str) -> Iterator[None]:
    """Rewrite, append to or remove these files of a run and seal them anew in the same act.

    Where the run has no seal, nothing is sealed.
    """
    if not (folder / FILE).exists():
        yield
        return
    with _alone(folder):
        known = _known(folder)
        _save(folder, replace(known, changing=tuple(dict.fromkeys([*known.changing, *names]))))
    try:
        yield
    finally:
        with _alone(folder):
            _save(folder, _settled(folder, _known(folder), names))


def _known(folder: Path) -> Seal:
    known = read(folder)
    if known is None:
        raise Refusal(
            f"expected a seal in {folder / FILE}: it went away while the run was written to."
        )
    return known


def differences(folder: Path, digest: Digest = sha256_of) -> list[str]:
    """What of a sealed run is not as it was sealed, a sentence each; none without a seal."""
    seal = read(folder)
    if seal is None:
        return []
    day = seal.sealed[:10]
    found = []
    if record.written_otherwise(folder / FILE):
        found.append(f"The seal ({FILE}) is not as it was written: it was damaged or edited.")
    for name, words in STATE_WORDS.items():
        if name in seal.changing:
            continue
        said = _difference(folder / name, seal.files.get(name), digest)
        if said:
            found.append(f"{_first(words)} ({name}) {said} since {day}, when the run was sealed.")
    for name, words in LOGS.items():
        said = _log_difference(
            folder / name, seal.logs.get(name, Log(0, None)), name in seal.changing
        )
        if said:
            found.append(f"{_first(words)} ({name}) {said}.")
    return found


def _difference(file: Path, sealed: Whole | None, digest: Digest) -> str:
    if sealed is None:
        return "appeared" if file.exists() else ""
    if not file.is_file():
        return "went missing"
    if file.stat().st_size != sealed.size or digest(file) != sealed.sha256:
        return "changed"
    return ""


def _log_difference(file: Path, sealed: Log, changing: bool) -> str:
    try:
        lines = log_lines(file)
    except OSError as broken:
        return f"cannot be read: {broken.strerror}"
    if len(lines) < sealed.lines:
        missing = sealed.lines - len(lines)
        noun = "line is" if missing == 1 else "lines are"
        return (
            f"holds {len(lines)} lines where the seal counts {sealed.lines}: {missing} {noun} gone"
        )
    if sealed.lines and _mark(lines[sealed.lines - 1]) != sealed.head:
        return f"was changed in line {sealed.lines}, the newest when it was sealed"
    more = len(lines) - sealed.lines
    if more and not changing and file.name != "looks.jsonl":
        return f"holds {more} more {'line' if more == 1 else 'lines'} than the seal counts"
    return ""


def _settled(folder: Path, known: Seal, names: tuple[str, ...]) -> Seal:
    files, logs = dict(known.files), dict(known.logs)
    for name in names:
        (logs if name in LOGS else files).pop(name, None)
        if (folder / name).is_file():
            if name in LOGS:
                logs[name] = _log(folder / name)
            else:
                files[name] = _whole(folder / name)
    left = tuple(name for name in known.changing if name not in names)
    return Seal(now(), files, logs, left)


def _whole(file: Path) -> Whole:
    return Whole(sha256_of(file), file.stat().st_size)


def _log(file: Path) -> Log:
    lines = log_lines(file)
    return Log(len(lines), _mark(lines[-1]) if lines else None)


def _mark(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _save(folder: Path, seal: Seal) -> None:
    content: dict[str, Any] = {
        "format": FORMAT,
        "sealed": seal.sealed,
        "files": {n: {"sha256": e.sha256, "bytes": e.size} for n, e in seal.files.items()},
        "logs": {n: {"lines": e.lines, "head": e.head} for n, e in seal.logs.items()},
    }
    if seal.changing:
        content["changing"] = list(seal.changing)
    write_json(folder / FILE, content | {record.SUM: record.sum_of(content)})


def _first(words: str) -> str:
    return words[0].upper() + words[1:]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer of the seal at a time; others wait a while."""
    with soon_alone(folder / ".seal", "writing the seal"):
        yield
