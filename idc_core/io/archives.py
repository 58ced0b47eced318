"""The one gate of zips: every zip that comes from elsewhere is opened here, within limits.

A zip's table of contents is measured before it is read: a small file may hold one of millions of
entries. Entries may be stored or packed with deflate, which unpacks a piece at a time; bzip2 and
LZMA unpack without end, so they are refused by name. What the table says of sizes is judged before
anything is unpacked, and no entry unpacks further than it said, so that lies gain nothing.
"""

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISLNK
from typing import Final

from idc_core.io.refusal import Refusal

METHODS: Final = {
    1: "shrink",
    6: "implode",
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
    99: "AES encryption",
}
"""Ways of packing that are not taken, by the number that a zip gives them."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises of damaged bytes, besides `OSError`."""

MOST_NAME = 1_024
"""Characters of an entry's name."""

_SLASHES = re.compile(r"[/\\]+")
_DRIVE = re.compile(r"[A-Za-z]:")

_ENTRY, _END = b"PK\x01\x02", b"PK\x05\x06"
_ENTRY_BYTES, _END_BYTES, _LOCAL_BYTES = 46, 22, 30
_ROOM_FOR_NAME = 210
"""Bytes an entry may take on average besides its fixed part: its name, and what packers add."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a zip: entries, unpacked bytes of one, of all, and of one packed byte."""

    entries: int
    entry_bytes: int
    total_bytes: int
    ratio: int
    cure: str = ""
    """A sentence for whoever has more."""

    @property
    def table_bytes(self) -> int:
        """Most bytes of the table of contents."""
        return self.entries * (_ENTRY_BYTES + _ROOM_FOR_NAME)


class TooMuch(Refusal):
    """A zip whose whole is beyond its limits."""


@contextmanager
def open_zip(path: Path, limits: Limits, expected: str = "a zip") -> Iterator[zipfile.ZipFile]:
    """Open a zip whose whole is within `limits`; raises `Refusal` where it is not, or is no zip.

    `expected` begins the sentence: what the file should have been. Single entries are judged by
    `refused`, and read by `read`.
    """
    with path.open("rb", buffering=0) as raw:
        table = _Table(raw, path, limits)
        try:
            opened = zipfile.ZipFile(table)
        except TooMuch:
            raise
        except (*DAMAGED, OSError) as broken:
            raise Refusal(
                f"expected {expected} in {path}: it is no readable zip ({broken})."
            ) from None
        with opened:
            table.open = True
            _refuse_whole(opened, path, limits)
            yield opened


def refused(entry: zipfile.ZipInfo, limits: Limits) -> tuple[str, str] | None:
    """Why an entry is not taken: a short code and what was found; None where it is."""
    name = plain_name(entry.filename)
    if name.startswith("/") or _DRIVE.match(name):
        return "unsafe_name", ("the name starts at the root of a disk and leads out of the zip")
    if not _is_safe(name):
        return "unsafe_name", "the name leads out of the zip"
    if len(entry.filename) > MOST_NAME:
        return "unsafe_name", f"the name has {len(entry.filename):,} characters"
    if S_ISLNK(entry.external_attr >> 16):
        return "symlink", "links are not followed"
    if entry.flag_bits & 0x1:
        return "unreadable", "the entry is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        method = METHODS.get(entry.compress_type, f"method {entry.compress_type}")
        return "unreadable", f"packed with {method}: only stored and deflate are taken"
    if entry.file_size > limits.entry_bytes:
        return "too_large", f"{entry.file_size:,} bytes unpacked"
    if entry.file_size > limits.ratio * max(entry.compress_size, 1):
        return "too_large", f"{entry.file_size:,} bytes from {entry.compress_size:,} packed ones"
    return None


def plain_name(name: str) -> str:
    """An entry's name as a path within the zip, whatever packed it: Windows writes backslashes,
    others `./` or `//`. What leads out of the zip does so still.

    >>> plain_name(".\\\\idc\\\\8863//0/a.png"), plain_name("..\\\\a.png"), plain_name("//a.png")
    ('idc/8863/0/a.png', '../a.png', '/a.png')
    """
    path = _SLASHES.sub("/", name)
    if "./" not in path:
        return path
    return "/".join(part for part in path.split("/") if part != ".")


def read(opened: zipfile.ZipFile, name: str | zipfile.ZipInfo, limit: int) -> bytes:
    """The first `limit` bytes of an entry; raises `OSError` where it is damaged.

    Deflate is unpacked a piece at a time, and no further than the entry said: of one that said too
    little the checksum does not fit.
    """
    try:
        with opened.open(name) as entry:
            return entry.read(limit)
    except DAMAGED as broken:
        raise OSError(f"the entry of the zip is damaged ({broken})") from None


class _Table(io.BufferedReader):
    """The file as `zipfile` reads it; while it opens, no reading may exceed the table's limits."""

    def __init__(self, raw: io.FileIO, path: Path, limits: Limits) -> None:
        super().__init__(raw)
        self.open = False
        self._path, self._limits = path, limits

    def read(self, size: int | None = -1, /) -> bytes:
        if self.open:
            return super().read(size)
        if size is not None and size > self._limits.table_bytes:
            raise _too_many(self._path, None, self._limits)
        data = super().read(size)
        # Each entry has this mark: counted before `zipfile` makes an object of each.
        if (count := data.count(_ENTRY)) > self._limits.entries:
            raise _too_many(self._path, count, self._limits)
        return data


def _refuse_whole(opened: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    entries = opened.infolist()
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise _too_many_bytes(path, total, limits)
    starts = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    if starts and starts[0][0] != 0:
        raise _tampered(path, f"{starts[0][0]:,} other bytes lie before its first file")
    ends = [start + _LOCAL_BYTES + size for start, size in starts]
    following = [*(start for start, _ in starts), opened.start_dir][1:]
    if any(end > start for end, start in zip(ends, following, strict=False)):
        raise _tampered(path, "its files lie over one another")
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _END_BYTES - len(opened.comment)))
        if file.read(4) != _END:
            raise _tampered(path, "other bytes follow its end")


def _is_safe(name: str) -> bool:
    parts: Sequence[str] = name.split("/")
    return not {"", "..", "."} & set(parts) and not any(sign in name for sign in "\\:\0")


def _too_many(path: Path, count: int | None, limits: Limits) -> TooMuch:
    found = "more" if count is None else f"{count:,}"
    cure = f" {limits.cure}" * bool(limits.cure)
    return TooMuch(
        f"expected a zip of at most {limits.entries:,} files: {path.name} has {found}.{cure}"
    )


def _too_many_bytes(path: Path, total: int, limits: Limits) -> TooMuch:
    return TooMuch(
        f"expected a zip of at most {limits.total_bytes:,} unpacked bytes: {path.name} has "
        f"{total:,}."
    )


def _tampered(path: Path, found: str) -> Refusal:
    return Refusal(f"expected a plain zip: in {path.name} {found}. Pack its files anew.")
