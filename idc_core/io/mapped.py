"""Arrays that lie in a file and are read where they are looked at."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def mapped(path: Path, kind: npt.DTypeLike) -> Array:
    """The numbers of a file, to be read only; an empty file has none.

    Raises `FileNotFoundError` where there is no file.
    """
    if not path.stat().st_size:
        return np.zeros(0, kind)
    return np.memmap(path, dtype=kind, mode="r")


def made(path: Path, kind: npt.DTypeLike, shape: tuple[int, int]) -> Array:
    """A new file of zeros to write to, column after column, so that columns are read in one go."""
    if not shape[0] * shape[1]:
        return np.zeros(shape, kind, order="F")
    return np.memmap(path, dtype=kind, mode="w+", shape=shape, order="F")


def let_go(array: Array) -> None:
    """Give back the memory of what was looked at; it stays in the file. Nothing of other arrays."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
