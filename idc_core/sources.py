"""Where patch files come from: a folder of any depth, or a zip of one.

Conventions:

- A file's name is relative to the source, with `/` between its parts, on every system.
- Symbolic links are not followed. What cannot be opened is listed, not passed over.
- `read` may be called from several threads, and never returns more than `limit` bytes: what is
  longer comes back cut, so that the caller sees that it is too long.
- A zip is read in place, never unpacked; its entries, their sizes and ratios have limits.
"""

import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from idc_core.refusal import Refusal

MAX_ENTRIES = 2_000_000
MAX_ENTRY_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 64 * 2**30
MAX_RATIO = 200
"""Limits of a zip: entries, bytes of one, bytes of all, unpacked bytes a packed one."""

_FIRST_READ = 65_536
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


class Reject(NamedTuple):
    """A file that is not taken: its name, a short code and what was found."""

    file: str
    reason: str
    detail: str


class Source(Protocol):
    """A folder or a zip: the names of its files, and their bytes."""

    @property
    def path(self) -> Path: ...
    @property
    def names(self) -> list[str]: ...
    @property
    def skipped(self) -> list[Reject]: ...
    def read(self, name: str, limit: int) -> bytes:
        """The first `limit` bytes of a file; raises `OSError` where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Folder:
    """All files below a folder."""

    path: Path
    names: list[str] = field(default_factory=list)
    skipped: list[Reject] = field(default_factory=list)

    def read(self, name: str, limit: int) -> bytes:
        # Bare system calls: a patch has 6 kB, and a Python file object costs as much as its bytes.
        descriptor = os.open(f"{self.path}/{name}", os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(descriptor, min(_FIRST_READ, limit))
            if len(data) < _FIRST_READ:
                return data
            parts, length = [data], len(data)
            while length < limit and (more := os.read(descriptor, min(2**20, limit - length))):
                parts.append(more)
                length += len(more)
            return b"".join(parts)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Archive:
    """All files in a zip."""

    path: Path
    opened: zipfile.ZipFile
    names: list[str] = field(default_factory=list)
    skipped: list[Reject] = field(default_factory=list)

    def read(self, name: str, limit: int) -> bytes:
        try:
            with self.opened.open(name) as entry:
                return entry.read(limit)
        except _DAMAGED as broken:
            raise OSError(f"the entry of the zip is damaged ({broken})") from None


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """List a folder or a zip, and keep it open; raises `Refusal` where it is neither."""
    if path.is_dir():
        yield list_folder(path)
        return
    if not path.exists():
        raise Refusal(f"expected a folder or a zip of patches in {path}: it is not there.")
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as broken:
        raise Refusal(
            f"expected a folder or a zip of patches in {path}: it is no readable zip ({broken})."
        ) from None
    with opened:
        yield list_zip(path, opened)


def list_folder(path: Path) -> Folder:
    """Name every file below `path`, in no particular order."""
    folder = Folder(path)
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            with os.scandir(f"{path}/{prefix}") as entries:
                for entry in entries:
                    _sort_in(entry, prefix, folder, pending)
        except OSError as broken:
            if not prefix:
                sentence = f"expected a folder of patches in {path}: {broken.strerror}."
                raise Refusal(sentence) from None
            folder.skipped.append(Reject(prefix, "unreadable", broken.strerror or str(broken)))
    return folder


def _sort_in(entry: "os.DirEntry[str]", prefix: str, folder: Folder, pending: list[str]) -> None:
    name = prefix + entry.name
    if entry.is_file(follow_symlinks=False):
        folder.names.append(name)
    elif entry.is_dir(follow_symlinks=False):
        pending.append(name + "/")
    elif entry.is_symlink():
        folder.skipped.append(Reject(name, "symlink", "links are not followed"))
    else:
        folder.skipped.append(Reject(name, "not_a_file", "neither file nor folder"))


def list_zip(path: Path, opened: zipfile.ZipFile) -> Archive:
    """Name every file in a zip; raises `Refusal` where the whole goes beyond the limits."""
    entries = opened.infolist()
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise Refusal(
            f"expected a zip of at most {MAX_ENTRIES:,} files: {path} has {len(entries):,}."
        )
    if total > MAX_TOTAL_BYTES:
        raise Refusal(
            f"expected a zip of at most {MAX_TOTAL_BYTES:,} unpacked bytes: {path} has {total:,}."
        )
    archive = Archive(path, opened)
    seen: set[str] = set()
    for entry in entries:
        if entry.is_dir():
            continue
        refused = _entry_refused(entry, seen)
        seen.add(entry.filename)
        if refused:
            archive.skipped.append(Reject(entry.filename, *refused))
        else:
            archive.names.append(entry.filename)
    return archive


def _entry_refused(entry: zipfile.ZipInfo, seen: set[str]) -> tuple[str, str] | None:
    if not _is_safe(entry.filename):
        return "unsafe_name", "the name leads out of the zip"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "symlink", "links are not followed"
    if entry.flag_bits & 0x1:
        return "unreadable", "the entry is encrypted"
    if entry.file_size > MAX_ENTRY_BYTES:
        return "too_large", f"{entry.file_size:,} bytes unpacked"
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return "too_large", f"{entry.file_size:,} bytes from {entry.compress_size:,} packed ones"
    if entry.filename in seen:
        return "same_name", "the zip has this very entry twice"
    return None


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return not {"", "..", "."} & set(parts) and not any(sign in name for sign in "\\:\0")
