"""Patches above 64 px: each compressed, one after the other in `patches.coded`.

`patches.ends.npy` holds where each ends, (n,) int64, in bytes. A patch is kept at its true size and
padded with white when it is read, so that no edge between tissue and padding is blurred by JPEG.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.codec import decoded
from idc_core.data.stores.open_file import OpenFile
from idc_core.data.stores.places import places_of
from idc_core.io.refusal import Refusal

Rows = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB

CONTENT, ENDS = "patches.coded", "patches.ends.npy"

_THREADS, _ALONE = 4, 8
"""Up to so many patches are decoded by whoever asks: starting threads costs more."""


class CodedPixels:
    """The patches of such a file, as it was when it was opened: `rows[3]`, `rows[5:9]`, …

    Raises `Refusal` where the file was changed since. Threads may share it.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, folder: Path, side: int) -> None:
        """`side`: of a patch, px. Raises `ValueError` or `OSError` where the files do not fit."""
        self.file = folder / CONTENT
        ends = np.load(folder / ENDS)
        if ends.ndim != 1 or ends.dtype != np.int64 or (np.diff(ends, prepend=0) <= 0).any():
            raise ValueError(f"{ENDS} holds no increasing places")
        self._starts, self._ends = np.append(0, ends[:-1]), ends
        self._opened = OpenFile(self.file)
        self.shape = (len(ends), side, side, 3)
        expected = int(ends[-1]) if len(ends) else 0
        if self._opened.size != expected:
            raise ValueError(f"it has {self._opened.size:,} bytes, and not {expected:,}")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Rows:
        places = places_of(key, len(self))
        out = np.full((len(places), *self.shape[1:]), 255, np.uint8)
        jobs = list(zip(out, places.tolist(), strict=True))
        if len(jobs) <= _ALONE:
            for job in jobs:
                self._fill(*job)
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(lambda job: self._fill(*job), jobs))
        self._opened.refuse_changed()
        row: Rows = out[0] if isinstance(key, int | np.integer) else out
        return row

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype)

    def kept(self, place: int) -> bytes:
        """The bytes of a patch as they lie in the file: the index holds their SHA-256."""
        start, end = int(self._starts[place]), int(self._ends[place])
        return self._opened.read(start, end - start)

    def _fill(self, out: Rows, place: int) -> None:
        content = self.kept(place)
        try:
            found = decoded(content)
            out[: found.shape[0], : found.shape[1]] = found
        except ValueError:
            self._opened.refuse_changed()
            raise Refusal(
                f"expected a picture at row {place:,} of {self.file}: the file is damaged there. "
                "Make the store again."
            ) from None


class CodedWriter:
    """Writes patches into `folder`, one after the other, within a `with` block.

    Where each ends is written when the block ends well: without it the file is no store's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO = (folder / CONTENT).open("wb")
        self._ends: list[int] = []

    def add(self, content: bytes) -> None:
        """One patch, as `codec.coded` made it."""
        self._file.write(content)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(content))

    def __enter__(self) -> "CodedWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if kind is None:
            np.save(self._folder / ENDS, np.array(self._ends, np.int64))


def joined(parts: Sequence[Path], order: npt.NDArray[np.int64], folder: Path) -> None:
    """Put the patches of several folders into one: `order` (n, 2) names the number of the folder
    and the row in it of each."""
    with CodedWriter(folder) as writer:
        for content in _contents(parts, order):
            writer.add(content)


def joined_raw(
    parts: Sequence[Path], order: npt.NDArray[np.int64], folder: Path, side: int
) -> None:
    """The same of patches that are kept as they are, (side, side, 3): into `patches.npy`."""
    with (folder / "patches.npy").open("wb") as whole:
        shape = (len(order), side, side, 3)
        np.lib.format.write_array_header_1_0(
            whole, {"descr": "|u1", "fortran_order": False, "shape": shape}
        )
        for content in _contents(parts, order):
            whole.write(content)


def _contents(parts: Sequence[Path], order: npt.NDArray[np.int64]) -> Iterator[bytes]:
    ends = [np.load(part / ENDS) for part in parts]
    with ExitStack() as stack:
        files: dict[int, BinaryIO] = {}
        for part, row in order.tolist():
            if part not in files:  # rows of a slide stand together: one file at a time is open
                stack.close()
                files = {part: stack.enter_context((parts[part] / CONTENT).open("rb"))}
            start = int(ends[part][row - 1]) if row else 0
            files[part].seek(start)
            yield files[part].read(int(ends[part][row]) - start)
