"""The bytes of a table: unpacked within limits, and known by what they are, not by their name."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from idc_core.io import archives
from idc_core.io.archives import Limits
from idc_core.io.refusal import Refusal
from idc_core.io.tabular.foreign import foreign

MOST_BYTES = 1_000_000_000
"""Of a table, unpacked; one of 277,524 patches has about 30 MB."""

EXCEL = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""An entry that a spreadsheet has: .xlsx, .xlsb, .ods."""

_PIECE = 2**22


def content_of(path: Path) -> tuple[bytes, bool]:
    """The bytes of the table in `path`, unpacked, and whether they are a spreadsheet's.

    Raises `Refusal` where there is no file, for what is no table, and beyond `MOST_BYTES`.
    """
    if path.is_dir():
        raise Refusal(f"expected a table in {path}: it is a folder.")
    if not path.is_file():
        raise Refusal(f"expected a table in {path}: there is no such file.")
    try:
        with path.open("rb") as raw:
            head = raw.read(4096)
            foreign(path, head)
            raw.seek(0)
            if head.startswith(b"PK\x03\x04"):
                return _of_zip(path, raw)
            with _unpacked(raw, head) as source:
                content = _counted(source, path)
    except (OSError, EOFError, zlib.error) as broken:
        raise unreadable(path, broken) from None
    foreign(path, content[:4096], name=path.name.removesuffix(".gz"))
    return content, content.startswith(b"\xd0\xcf\x11\xe0")


def unreadable(path: Path, broken: Exception) -> Refusal:
    """A sentence for whatever a library complains of."""
    reason = (str(broken).splitlines() or [type(broken).__name__])[0][:160].rstrip(".")
    return Refusal(f"expected a table in {path}: it cannot be read ({reason}).")


def too_large(path: Path) -> Refusal:
    """For a table beyond `MOST_BYTES`."""
    return Refusal(
        f"expected a table of at most {MOST_BYTES:,} bytes, unpacked, in {path}: it has more. "
        "Leave out the columns that are not asked for."
    )


@contextmanager
def _unpacked(raw: IO[bytes], head: bytes) -> Iterator["_Source"]:
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(raw) as unpacked:
            yield unpacked
    else:
        yield raw


def _of_zip(path: Path, raw: IO[bytes]) -> tuple[bytes, bool]:
    """The one table in a zip; or the zip itself, where it is a spreadsheet."""
    limits = Limits(entries=1_000, entry_bytes=MOST_BYTES, total_bytes=MOST_BYTES, ratio=1_000)
    with archives.open_zip(path, limits, "a table") as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        names = {entry.filename for entry in entries}
        _refuse_others(path, names)
        if names & set(EXCEL):
            for entry in entries:
                _refuse_entry(path, entry, limits)
            return _counted(raw, path), True
        tables = [entry for entry in entries if not _is_dust(entry.filename)]
        if len(tables) != 1:
            raise Refusal(
                f"expected one table in {path}: the zip holds {len(tables)} files. Unpack it and "
                "name the one."
            )
        _refuse_entry(path, tables[0], limits)
        try:
            with opened.open(tables[0]) as packed:
                content = _counted(packed, path)
        except archives.DAMAGED as broken:
            if isinstance(broken, Refusal):
                raise
            raise unreadable(path, broken) from None
    foreign(path, content[:4096], name=tables[0].filename)
    return content, content.startswith(b"\xd0\xcf\x11\xe0")


def _refuse_others(path: Path, names: set[str]) -> None:
    """Zips that are no tables, by what they hold."""
    if any(name.endswith("data.pkl") for name in names):
        foreign(path, b"", name="model.pt")
    if names and all(name.endswith(".npy") for name in names):
        foreign(path, b"", name="arrays.npz")


def _refuse_entry(path: Path, entry: zipfile.ZipInfo, limits: Limits) -> None:
    if why := archives.refused(entry, limits):
        raise Refusal(f"expected a table in {path}: its file is not taken ({why[1]}).")


def _is_dust(name: str) -> bool:
    """What macOS and Windows put into zips beside the file."""
    base = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or base in {".DS_Store", "Thumbs.db", "desktop.ini"}


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _counted(source: _Source, path: Path) -> bytes:
    """All bytes of a source, which ends with a refusal where they are too many."""
    pieces, size = [], 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise too_large(path)
        pieces.append(piece)
    return b"".join(pieces)
