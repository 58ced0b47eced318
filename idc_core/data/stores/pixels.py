"""Packed patches in a file, read a few rows at a time, with every read checked.

A memory map would end the whole process with a bus error when the file is cut short under it, as
`cp` over it does for a moment. Here a file that changed is a sentence, and is opened again.
"""

import os
import threading
import weakref
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal

Rows = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB

_READ = getattr(os, "pread", None)


class PatchRows(Protocol):
    """Patches by row, whole in memory or in a file: `rows[3]`, `rows[5:9]`, `rows[places]`."""

    @property
    def shape(self) -> tuple[int, ...]: ...  # (n, side, side, 3)

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, key: Any, /) -> Any: ...


class PackedPixels:
    """The rows of a `.npy` file of patches, as the file was when it was opened.

    Takes one row, a slice, or an array of rows or of truths, and gives an array of its own. Raises
    `Refusal` where the file was changed since. Threads may share it.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, file: Path) -> None:
        """Raises `ValueError` or `OSError` where `file` holds no packed patches."""
        self.file = file
        self._descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._descriptor)
        self._alone = threading.Lock()
        with os.fdopen(os.dup(self._descriptor), "rb") as opened:
            self.shape, self._start = _header(opened)
            self._stamp = self._now()
        self._row = prod(self.shape[1:])
        if self._stamp[1] < self._start + len(self) * self._row:
            raise ValueError(f"it ends after {self._stamp[1]:,} bytes")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Rows:
        if isinstance(key, int | np.integer):
            row: Rows = self._gather(np.array([self._place(int(key))]))[0]
            return row
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1:
                return self._run(start, max(stop - start, 0))
            return self._gather(np.arange(start, stop, step))
        places = np.asarray(key)
        if places.dtype == bool:
            places = np.flatnonzero(places)
        elif not len(places):
            places = places.astype(np.int64)
        if ((places < -len(self)) | (places >= len(self))).any():
            raise IndexError(f"expected rows below {len(self)}: found {places.max()}")
        return self._gather(np.where(places < 0, places + len(self), places))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype)

    def _place(self, row: int) -> int:
        if not -len(self) <= row < len(self):
            raise IndexError(f"expected a row below {len(self)}: found {row}")
        return row % len(self)

    def _gather(self, places: npt.NDArray[np.int64]) -> Rows:
        out = np.empty((len(places), *self.shape[1:]), np.uint8)
        if not len(places):
            return out
        breaks = np.flatnonzero(np.diff(places) != 1) + 1
        starts, ends = np.append(0, breaks), np.append(breaks, len(places))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            self._fill(out[start:end], int(places[start]))
        self._refuse_changed()
        return out

    def _run(self, start: int, count: int) -> Rows:
        out = np.empty((count, *self.shape[1:]), np.uint8)
        if count:
            self._fill(out, start)
            self._refuse_changed()
        return out

    def _fill(self, out: Rows, row: int) -> None:
        """Rows from `row` on into `out`, which is contiguous."""
        view, at = out.data.cast("B"), self._start + row * self._row
        while len(view):
            some = self._read(min(len(view), 1 << 24), at)
            if not some:
                raise self._changed()
            view[: len(some)] = some
            view, at = view[len(some) :], at + len(some)

    def _read(self, count: int, at: int) -> bytes:
        if _READ is not None:
            found: bytes = _READ(self._descriptor, count, at)
            return found
        with self._alone:
            os.lseek(self._descriptor, at, os.SEEK_SET)
            return os.read(self._descriptor, count)

    def _now(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_mtime_ns, found.st_size

    def _refuse_changed(self) -> None:
        if self._now() != self._stamp:
            raise self._changed()

    def _changed(self) -> Refusal:
        return Refusal(
            f"expected the pixels in {self.file} as they were when they were opened: the file was "
            "written over since. Once that is over, load the page or start the command again."
        )


def _header(opened: Any) -> tuple[tuple[int, ...], int]:
    version = np.lib.format.read_magic(opened)
    if version != (1, 0):
        raise ValueError(f"its format {version} is not that of packed patches")
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(opened)
    if by_column or dtype != np.uint8 or shape[1:] != (*shape[1:2] * 2, 3):
        raise ValueError(f"it holds {dtype} of shape {shape}")
    return shape, opened.tell()
