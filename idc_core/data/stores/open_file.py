"""A file that is read in places, with every read checked.

A memory map would end the whole process with a bus error when the file is cut short under it, as
`cp` over it does for a moment. Here a file that changed is a sentence, and is opened again.
"""

import os
import threading
import weakref
from pathlib import Path
from typing import BinaryIO

from idc_core.io.refusal import Refusal

_READ = getattr(os, "pread", None)


class OpenFile:
    """A file as it was when it was opened; `size` in bytes. Threads may share it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._descriptor)
        self._alone = threading.Lock()
        self._stamp = self._now()

    @property
    def size(self) -> int:
        return self._stamp[1]

    def read(self, at: int, count: int) -> bytes:
        """`count` bytes from `at` on, or fewer where the system gives fewer.

        Raises `Refusal` where there are none, since the file was cut short.
        """
        if _READ is not None:
            found: bytes = _READ(self._descriptor, count, at)
        else:
            with self._alone:
                os.lseek(self._descriptor, at, os.SEEK_SET)
                found = os.read(self._descriptor, count)
        if count and not found:
            raise self.changed()
        return found

    def stream(self) -> BinaryIO:
        """The same file, to be read from its beginning and closed."""
        again = os.fdopen(os.dup(self._descriptor), "rb")
        again.seek(0)
        return again

    def refuse_changed(self) -> None:
        """Raise `Refusal` where the file was written to since it was opened."""
        if self._now() != self._stamp:
            raise self.changed()

    def changed(self) -> Refusal:
        return Refusal(
            f"expected the pixels in {self.file} as they were when they were opened: the file was "
            "written over since. Once that is over, load the page or start the command again."
        )

    def _now(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_mtime_ns, found.st_size
