"""Writing a patch store so that a kill at any moment leaves the old one or the new one.

A store is written into a hidden folder beside its name, which then takes the name's place in one
step where the system can (Linux), else in two; what a kill left behind goes with the next writing.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.coded import CONTENT, ENDS
from idc_core.data.stores.store import KEPT_SLIDES, SLIDES
from idc_core.io.files import sync_folder
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.records.shards import FILE as SHARDS

Patches = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB

STORE_FILES = frozenset(
    {
        *("patches.npy", CONTENT, ENDS, "index.parquet", SLIDES, KEPT_SLIDES),
        *("rejects.csv", "duplicates.csv", "manifest.json", SHARDS),
    }
)
AT_ONCE = 32_000_000
"""Bytes of pixels that are moved in one piece."""

_HERE, _EXCHANGE = -100, 2


@contextmanager
def replacing(store: Path) -> Iterator[Path]:
    """Give an empty folder to write into, which becomes `store` when the block ends well.

    Raises `Refusal` where `store` holds anything but a store, or another process is at it.
    """
    refuse_foreign_files(store)
    store.parent.mkdir(parents=True, exist_ok=True)
    part = store.parent / f".{store.name}.part"
    old = store.parent / f".{store.name}.old"
    with only_one(store.parent / f".{store.name}.lock", "preparing"):
        if old.is_dir() and not store.exists():
            old.rename(store)
        for left_behind in (part, old):
            shutil.rmtree(left_behind, ignore_errors=True)
        part.mkdir()
        try:
            yield part
            sync_folder(part)
            swap(part, store, old)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    sync_folder(store.parent)


def refuse_foreign_files(store: Path) -> None:
    """Raise `Refusal` where `store` is not a store's folder, so that nothing else is lost."""
    if not store.exists():
        return
    if not store.is_dir():
        raise Refusal(f"expected a patch store or nothing in {store}: there is a file.")
    foreign = sorted(entry.name for entry in store.iterdir() if not _is_ours(entry.name))
    if foreign:
        raise Refusal(
            f"expected a patch store or nothing in {store}: found {foreign[0]!r}, which is no part "
            "of a store and would be lost. Choose another name."
        )


def _is_ours(name: str) -> bool:
    # A kill while `files.write_with` writes leaves a hidden part of one of our files.
    return name in STORE_FILES or (name.startswith(".") and name.endswith(".part"))


def create_patches(file: Path, count: int, side: int) -> Patches:
    """A writable, mapped (count, side, side, 3) array in `file`, its space taken from the disk at
    once.

    Raises `Refusal` where the disk is too full: a mapped write would kill the process later.
    """
    needed = count * side * side * 3
    free = shutil.disk_usage(file.parent).free
    if free < needed:
        raise Refusal(
            f"expected {needed / 1e6:,.0f} MB free for {file.parent}: there are {free / 1e6:,.0f}. "
            "Free some, or keep the stores elsewhere: IDC_DATA names their folder."
        )
    mapped: Patches = np.lib.format.open_memmap(
        file, mode="w+", dtype=np.uint8, shape=(count, side, side, 3)
    )
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            try:
                os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
            except OSError as broken:
                raise Refusal(
                    f"expected {needed / 1e6:,.0f} MB free for {file.parent}: {broken.strerror}."
                ) from None
    return mapped


def keep_rows(file: Path, patches: Patches, rows: npt.NDArray[np.int64]) -> None:
    """Leave only `rows` (increasing) of the packed patches in `file`, in place."""
    if len(rows) == len(patches):
        return
    row_bytes = patches[:1].nbytes
    step = rows_at_once(patches.shape[1])
    for start in range(0, len(rows), step):
        wanted = rows[start : start + step]
        # Rows only ever move towards the front, behind what is still to be read.
        patches[start : start + len(wanted)] = patches[wanted]
    with file.open("r+b") as opened:
        opened.seek(0)
        np.lib.format.write_array_header_1_0(
            opened,
            {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *patches.shape[1:])},
        )
        opened.truncate(opened.tell() + len(rows) * row_bytes)


def rows_at_once(side: int) -> int:
    """How many patches of a side are moved in one piece.

    >>> rows_at_once(50), rows_at_once(1024)
    (4266, 10)
    """
    return max(1, AT_ONCE // (side * side * 3))


def swap(new: Path, place: Path, old: Path) -> None:
    """Give the folder `new` its `place`; what lay there is `new` afterwards, or else `old`."""
    if not place.exists():
        new.rename(place)
    elif not _exchange(new, place):
        place.rename(old)
        new.rename(place)


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change names in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _EXCHANGE) == 0)
