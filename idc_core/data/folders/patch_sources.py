"""Patches that lie in files: read from one, several, folders or zips of them, a block at a time.

What cannot be read is listed with a reason; one bad file never ends the others. Of a patch that a
source holds twice the first is read.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from idc_core.data.folders.file_names import ARCHIVE, is_of_system, kind_of
from idc_core.data.folders.layout import second_copies
from idc_core.data.folders.patch_files import LOSSY, read_patch
from idc_core.data.folders.sources import (
    Reject,
    Source,
    open_source,
    refuse_other_archives,
    same_bytes,
)
from idc_core.data.images import ImageRefused, Pixels, most_bytes, pad_patch
from idc_core.io.paths import shown
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL

AFTER_END = "bytes after the end"

Tell = Callable[[str, int, int], None]  # what is done, how many, of how many


class Skipped(Reject):
    """An input that was not scored: its name, a short code and a sentence."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.detail}"


class Unopened(Refusal):
    """A source of which nothing can be read."""


def blocks(
    path: Path,
    named: str,
    prefix: str,
    skipped: list[Skipped],
    kinds: Counter[str],
    most: int,
    progress: Tell | None,
    side: int = USUAL.patch_px,
) -> Iterator[tuple[list[str], list[Pixels], list[tuple[int, int]]]]:
    """Names, patches padded to `side` and true sizes of one source, at most `most` at a time.

    What is skipped goes to `skipped`, how many are JPEG or have bytes after their end to `kinds`.
    Raises `Unopened` where nothing can be read.
    """
    names: list[str] = []
    patches: list[Pixels] = []
    sizes: list[tuple[int, int]] = []
    for name, data in _contents(path, named, prefix, skipped, progress, most_bytes(side) + 1):
        try:
            read = read_patch(data, side)
            patches.append(pad_patch(read.pixels, side))
            sizes.append((read.pixels.shape[1], read.pixels.shape[0]))
            names.append(name)
            kinds.update({LOSSY: read.converted == LOSSY, AFTER_END: read.after_end > 0})
        except ImageRefused as refused:
            skipped.append(Skipped(name, refused.reason, str(refused)))
        if len(names) == most:
            yield names, patches, sizes
            names, patches, sizes = [], [], []
    if names:
        yield names, patches, sizes


def _contents(
    path: Path,
    named: str,
    prefix: str,
    skipped: list[Skipped],
    progress: Tell | None,
    most: int,
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes, at most so many, of every file of one source; what cannot be read goes to
    `skipped`."""
    try:
        if not path.is_dir() and not _is_zip(path):
            data = _bytes_of(path, most)
            refuse_other_archives(path)
            yield named, data
            return
        with open_source(path) as source:
            skipped.extend(Skipped(prefix + name, *why) for name, *why in source.skipped)
            yield from _read_all(source, prefix, skipped, progress, most)
    except Refusal as refused:
        raise Unopened(str(refused)) from None


def _read_all(
    source: Source, prefix: str, skipped: list[Skipped], progress: Tell | None, most: int
) -> Iterator[tuple[str, bytes]]:
    copies = {each.file: each for each in copies_in(source)}
    for at, name in enumerate(sorted(source.names), start=1):
        if (copy := copies.get(name)) is not None:
            skipped.append(Skipped(prefix + name, copy.reason, copy.detail))
            continue
        if kind_of(name.rpartition("/")[2]) == "archive":
            skipped.append(Skipped(prefix + name, "archive", f"{ARCHIVE}. Unpack it first."))
            continue
        try:
            # A byte more than is allowed, so that the decoder sees that it is too many.
            data = source.read(name, most)
        except OSError as broken:
            reason = broken.strerror or str(broken)
            skipped.append(Skipped(prefix + name, "unreadable", f"it cannot be read ({reason})."))
            continue
        finally:
            if progress is not None:
                progress(f"score {source.path.name}", at, len(source.names))
        yield prefix + name, data


def copies_in(source: Source) -> list[Reject]:
    """Files of a source that are passed over: second copies of others, and files of the system."""
    system = [name for name in source.names if is_of_system(name.rpartition("/")[2])]
    left = [Reject(name, "system_file", "a file of the system, no patch") for name in system]
    equal = partial(same_bytes, source)
    return left + second_copies(source.names, source.path.resolve().stem, equal)


def named_sources(sources: Sequence[Path]) -> list[str]:
    """Sources as they were given; of absolute paths only what may leave this machine, and as much
    of it as tells them apart."""
    names = [shown(path) if path.is_absolute() else path.as_posix() for path in sources]
    if len(set(names)) == len(set(sources)):
        return names
    absolute = [path for path in sources if path.is_absolute()]
    common = Path(os.path.commonpath([path.parent for path in absolute]))
    return [
        path.relative_to(common).as_posix() if path.is_absolute() else name
        for path, name in zip(sources, names, strict=True)
    ]


def _is_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def _bytes_of(path: Path, most: int) -> bytes:
    if not path.is_file():
        there = "it is neither a file nor a folder." if path.exists() else "it is not there."
        raise Unopened(there)
    with path.open("rb") as file:
        return file.read(most)
