"""Where patch files come from: a folder of any depth, or a zip of one.

Conventions:

- A file's name is relative to the source, with `/` between its parts, on every system; so are the
  names in a zip, whatever packed it: with backslashes, `./` or `//`.
- Symbolic links are not followed. What cannot be opened is listed, not passed over.
- `read` may be called from several threads, and never returns more than `limit` bytes: what is
  longer comes back cut, so that the caller sees that it is too long.
- A zip is read in place, never unpacked, and within limits (`archives`).
"""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from idc_core.data.images import MAX_BYTES
from idc_core.io import archives
from idc_core.io.archives import MOST_NAME, Limits
from idc_core.io.refusal import Refusal

DATA_SET = Limits(
    entries=500_000,
    entry_bytes=64 * 2**20,
    total_bytes=64 * 2**30,
    ratio=200,
    cure="Unpack it and give the folder.",
)
"""Of a zip of a whole data set; the public one has 277,524 files and 1.6 GB."""

_FIRST_READ = 65_536


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
    entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    skipped: list[Reject] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def read(self, name: str, limit: int) -> bytes:
        return archives.read(self.opened, self.entries[name], limit)


@contextmanager
def open_source(path: Path, limits: Limits = DATA_SET) -> Iterator[Source]:
    """List a folder or a zip within `limits`, and keep it open; raises `Refusal` for all else."""
    if path.is_dir():
        yield list_folder(path)
        return
    if not path.exists():
        raise Refusal(f"expected a folder or a zip of patches in {path}: it is not there.")
    refuse_other_archives(path)
    with archives.open_zip(path, limits, "a folder or a zip of patches") as opened:
        yield _listed(path, opened, limits)


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


def _listed(path: Path, opened: zipfile.ZipFile, limits: Limits) -> Archive:
    """Name every file in a zip."""
    archive = Archive(path, opened)
    for entry in opened.infolist():
        name = archives.plain_name(entry.filename)
        if name.endswith("/"):
            continue
        why = archives.refused(entry, limits)
        if why is None and name in archive.entries:
            why = "same_name", "the zip has this very entry twice"
        if why:
            archive.skipped.append(Reject(name[:MOST_NAME], *why))
        else:
            archive.entries[name] = entry
    return archive


_UNPACK = {
    b"\x1f\x8b": ("a tar.gz or gz", "tar -xzf"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z", "7z x"),
    b"Rar!": ("a RAR", "unrar x"),
    b"BZh": ("a bzip2", "tar -xjf"),
    b"\xfd7zXZ": ("an XZ", "tar -xJf"),
    b"\x28\xb5\x2f\xfd": ("a Zstandard", "tar --zstd -xf"),
}
"""Other archives by their first bytes, and what unpacks them."""


def refuse_other_archives(path: Path) -> None:
    """Raise `Refusal` where a file is an archive but no zip: it cannot be read in place."""
    with path.open("rb") as file:
        start = file.read(512)
    known = next((known for first, known in _UNPACK.items() if start.startswith(first)), None)
    if known is None and start[257:262] == b"ustar":
        known = "a tar", "tar -xf"
    if known is not None:
        kind, command = known
        raise Refusal(
            f"expected a folder or a zip of patches in {path}: it is {kind} archive. Unpack it "
            f"({command} {path.name}) and give the folder."
        )


def same_bytes(source: Source, one: str, other: str) -> bool:
    """Whether two files of a source hold the same; False where one cannot be read."""
    try:
        return source.read(one, MAX_BYTES + 1) == source.read(other, MAX_BYTES + 1)
    except OSError:
        return False
