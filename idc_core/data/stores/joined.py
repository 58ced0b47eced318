"""The patches of several stores as if they lay in one file, none of them copied."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.coded import CodedPixels
from idc_core.data.stores.pixels import PackedPixels, PatchRows
from idc_core.data.stores.places import places_of

Rows = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB
Numbers = npt.NDArray[np.int64]  # (n,)
Places = npt.NDArray[np.int64]  # (n, 2): number of the store, row in it


@runtime_checkable
class Compressed(Protocol):
    """Patches whose digest in the index is that of their bytes."""

    def kept(self, place: int) -> bytes: ...


class JoinedPixels:
    """Rows of several stores in one order: `rows[3]`, `rows[5:9]`, `rows[places]`.

    `at` (n, 2) says of each row the number of its store and the row there. Raises `ValueError`
    where a store has no such row. Threads may share it.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, parts: Sequence[PatchRows], at: Places) -> None:
        self._parts, self._part, self._row = tuple(parts), at[:, 0], at[:, 1]
        lengths = np.array([len(part) for part in parts], np.int64)
        numbered = ((self._part >= 0) & (self._part < len(parts))).all()
        if not numbered or ((self._row < 0) | (self._row >= lengths[self._part])).any():
            raise ValueError("it names rows that its stores do not have")
        self.shape = (len(at), *parts[0].shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Rows:
        places = places_of(key, len(self))
        out = np.empty((len(places), *self.shape[1:]), np.uint8)
        self._fill(out, self._part[places], self._row[places])
        one: Rows = out[0] if isinstance(key, int | np.integer) else out
        return one

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype)

    def _fill(self, out: Rows, part: Numbers, row: Numbers) -> None:
        for number in np.unique(part).tolist():
            own = part == number
            out[own] = self._parts[number][row[own]]


class JoinedPacked(JoinedPixels):
    """The same of stores that keep their patches as they are: each is read to where it belongs."""

    def __init__(self, parts: Sequence[PackedPixels], at: Places) -> None:
        super().__init__(parts, at)
        self._packed = tuple(parts)

    def _fill(self, out: Rows, part: Numbers, row: Numbers) -> None:
        breaks = np.flatnonzero((np.diff(part) != 0) | (np.diff(row) != 1)) + 1
        starts, ends = [0, *breaks.tolist()], [*breaks.tolist(), len(out)]
        numbers, rows = part.tolist(), row.tolist()
        for start, end in zip(starts, ends, strict=True):
            if end > start:
                self._packed[numbers[start]].fill(out[start:end], rows[start])
        for number in set(numbers):
            self._packed[number].refuse_changed()


class JoinedCoded(JoinedPixels):
    """The same of stores that keep their patches compressed."""

    def kept(self, place: int) -> bytes:
        """The bytes of a patch as they lie in the file: the index holds their SHA-256."""
        part = self._parts[int(self._part[place])]
        assert isinstance(part, CodedPixels)
        return part.kept(int(self._row[place]))


def joined_pixels(parts: Sequence[PatchRows], at: Places) -> JoinedPixels:
    """The rows `at` (n, 2) of `parts`, compressed or not as these are."""
    packed = [part for part in parts if isinstance(part, PackedPixels)]
    if len(packed) == len(parts):
        return JoinedPacked(packed, at)
    coded = all(isinstance(part, CodedPixels) for part in parts)
    return (JoinedCoded if coded else JoinedPixels)(parts, at)
