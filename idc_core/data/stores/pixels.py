"""Packed patches in a file, read a few rows at a time (`open_file.py`)."""

from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.open_file import OpenFile
from idc_core.data.stores.places import places_of

Rows = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB

_MOST = 1 << 24
"""Bytes asked for at once."""


class PatchRows(Protocol):
    """Patches by row, whole in memory or in a file: `rows[3]`, `rows[5:9]`, `rows[places]`."""

    @property
    def shape(self) -> tuple[int, ...]: ...  # (n, side, side, 3)

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, key: Any, /) -> Any: ...


class SomeRows:
    """Some rows of others, read when they are asked for; `at`: which, (m,)."""

    def __init__(self, rows: PatchRows, at: npt.NDArray[np.int64]) -> None:
        self._rows, self._at = rows, at
        self.shape, self.dtype = (len(at), *rows.shape[1:]), rows.dtype

    def __len__(self) -> int:
        return len(self._at)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int | np.integer):
            return self._rows[int(self._at[key])]
        return self._rows[self._at[places_of(key, len(self))]]


class PackedPixels:
    """The rows of a `.npy` file of patches, as the file was when it was opened.

    Takes one row, a slice, or an array of rows or of truths, and gives an array of its own. Raises
    `Refusal` where the file was changed since. Threads may share it.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, file: Path) -> None:
        """Raises `ValueError` or `OSError` where `file` holds no packed patches."""
        self.file = file
        self._opened = OpenFile(file)
        with self._opened.stream() as opened:
            self.shape, self._start = _header(opened)
        self._row = prod(self.shape[1:])
        if self._opened.size < self._start + len(self) * self._row:
            raise ValueError(f"it ends after {self._opened.size:,} bytes")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Rows:
        places = places_of(key, len(self))
        out = np.empty((len(places), *self.shape[1:]), np.uint8)
        breaks = np.flatnonzero(np.diff(places) != 1) + 1
        starts, ends = np.append(0, breaks), np.append(breaks, len(places))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if end > start:
                self.fill(out[start:end], int(places[start]))
        self.refuse_changed()
        row: Rows = out[0] if isinstance(key, int | np.integer) else out
        return row

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype)

    def refuse_changed(self) -> None:
        """Raise `Refusal` where the file was written to since it was opened."""
        self._opened.refuse_changed()

    def fill(self, out: Rows, row: int) -> None:
        """Rows from `row` on into `out`, which is contiguous; the caller asks `refuse_changed`."""
        view, at = out.data.cast("B"), self._start + row * self._row
        while len(view):
            some = self._opened.read(at, min(len(view), _MOST))
            view[: len(some)] = some
            view, at = view[len(some) :], at + len(some)


def _header(opened: Any) -> tuple[tuple[int, ...], int]:
    version = np.lib.format.read_magic(opened)
    if version != (1, 0):
        raise ValueError(f"its format {version} is not that of packed patches")
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(opened)
    if by_column or dtype != np.uint8 or shape[1:] != (*shape[1:2] * 2, 3):
        raise ValueError(f"it holds {dtype} of shape {shape}")
    return shape, opened.tell()
