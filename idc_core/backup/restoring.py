"""Putting a backup into empty folders: all of it, proved by its digests, or nothing.

Files are unpacked beside their places and digested as they come; only when all of them are whole
and the reviews are stored do the folders get their names.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from idc_core.audit.file import write_whole
from idc_core.audit.where import LOG as SERVER_LOG
from idc_core.audit.where import NAME as AUDIT
from idc_core.io import record
from idc_core.io.files import json_in, log_lines, sync_folder
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.records.backup import DATA, FILE, MANIFESTS, MODELS, REVIEWS, Backup, Kept
from idc_core.reviews import Where
from idc_core.reviews.rows import Digest, digests, fill, tables_of

UNPACKED_MANIFESTS = ".manifests"
"""Where in the data folder what is known of stores lies whose pixels the backup does not hold."""

OLDER_REVIEWS = "reviews.older.sqlite"
"""Where a file of reviews lies that the data folder had beside those of a server."""
AUDIT_OF_SERVER = "audit.server.jsonl"
"""Where an audit log of a server lies where the data folder has another one."""

_CHUNK = 1 << 20
_MOST = 1 << 26
"""Bytes of `backup.json`."""


class _Source(Protocol):
    def open(self, name: str) -> IO[bytes]: ...


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes]:
        return (self._folder / name).open("rb")


def restore(source: Path, models: Path, data: Path, reviews: Where | None = None) -> Backup:
    """Put the backup in `source` into the folders `models` and `data`; what it holds.

    `reviews`: where these go, `reviews.sqlite` in `data` where that is None. Raises `Refusal` that
    names what is damaged, and where a place is not empty; nothing is left behind then.
    """
    for folder in (models, data):
        _refuse_full(folder)
    with _opened(source) as backup, refused_by_system(f"write {models} and {data}"):
        told = _manifest(backup, source)
        with _beside(models) as new_models, _beside(data) as new_data:
            unpacked = {
                MODELS: new_models,
                DATA: new_data,
                MANIFESTS: new_data / UNPACKED_MANIFESTS,
                REVIEWS: new_data / ".reviews",
            }
            for name, kept in told.files.items():
                _unpack(backup, name, kept, _place(name, unpacked), source)
            if told.reviews:
                file = new_data / "reviews.sqlite"
                if reviews is None and file.exists():  # from before they were moved to a server
                    file.rename(new_data / OLDER_REVIEWS)
                _fill(told, unpacked[REVIEWS], reviews or file)
                if reviews is None:
                    _audit_to_file(unpacked[REVIEWS] / "log_line.jsonl", new_data)
                shutil.rmtree(unpacked[REVIEWS])
            for new, folder in ((new_models, models), (new_data, data)):
                new.rename(folder)  # an empty folder gives way
                sync_folder(folder.parent)
    return told


def _refuse_full(folder: Path) -> None:
    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise Refusal(
            f"expected an empty folder, or none, in {folder}: something is there. Nothing was "
            "restored; name another."
        )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _manifest(backup: _Source, source: Path) -> Backup:
    where = f"{FILE} of {source}"
    with _reads(FILE, source), backup.open(FILE) as file:
        content = file.read(_MOST)
    return record.of(Backup, json_in(content, f"JSON in {where}"), where)


def _place(name: str, unpacked: dict[str, Path]) -> Path:
    first, *rest = PurePosixPath(name).parts
    if first not in unpacked:
        raise Refusal(f"expected files of a backup in {FILE}: found {name[:80]!r}.")
    return unpacked[first].joinpath(*rest)


def _unpack(backup: _Source, name: str, kept: Kept, target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with _reads(name, source), backup.open(name) as file, target.open("xb") as new:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > kept.bytes:
                break
            new.write(chunk)
    if size != kept.bytes or digest.hexdigest() != kept.sha256:
        raise _damaged(name, source, "it is not as it was written")


def _fill(told: Backup, folder: Path, where: Where) -> None:
    """Logs of a server go to a server alone; without one, the runs' lie in their folders."""
    given = {name: table for name, table in told.reviews.items() if name in tables_of(where)}
    fill(where, {name: _lines(folder / f"{name}.jsonl") for name in given})
    wanted = {name: Digest(table.rows, table.sha256) for name, table in given.items()}
    found = digests(where, wanted)
    if found != wanted:
        raise Refusal(
            f"expected {sum(each.rows for each in wanted.values()):,} rows of reviews as the "
            f"backup counts them: found {sum(each.rows for each in found.values()):,}."
        )


def _audit_to_file(rows: Path, data: Path) -> None:
    """The audit log of a server becomes a file, beside an older one of another beginning."""
    if not rows.is_file():
        return
    told = ((log, line) for _, log, line in map(json.loads, _lines(rows)))
    lines = [line.encode() for log, line in told if log == SERVER_LOG]
    older = log_lines(data / AUDIT)
    if lines:
        goes_on = lines[: len(older)] == older
        write_whole(data / (AUDIT if goes_on else AUDIT_OF_SERVER), lines)


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        yield from content


@contextmanager
def _reads(name: str, source: Path) -> Iterator[None]:
    try:
        yield
    except KeyError:
        raise _damaged(name, source, "it is not there") from None
    except FileNotFoundError as gone:
        if not str(gone.filename).startswith(str(source)):  # our own place for it
            raise
        raise _damaged(name, source, "it is not there") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as broken:
        raise _damaged(name, source, f"it cannot be read ({broken})") from None


def _damaged(name: str, source: Path, how: str) -> Refusal:
    return Refusal(
        f"expected {name} in the backup {source}: {how}. Nothing was restored; take another backup."
    )


@contextmanager
def _opened(source: Path) -> Iterator[_Source]:
    if source.is_dir():
        yield _Folder(source)
        return
    if not source.is_file():
        raise Refusal(f"expected a backup in {source}: there is none. Name its folder or zip.")
    try:
        packed = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as broken:
        raise Refusal(
            f"expected a backup in {source}: it is no folder and no whole zip ({broken})."
        ) from None
    with packed:
        yield packed
