"""A lock that dies with its process: one trainer a run folder."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from idc_core.io.refusal import Refusal, SystemRefused, refused_by_system


@contextmanager
def only_one(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock file `path`, which names our process; raises `Refusal` if another holds it.

    The system drops the lock when the process ends, by a kill too, so none is ever left behind.
    """
    with refused_by_system(f"write {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _acquire_soon(descriptor):
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
            raise Refusal(
                f"expected to be alone in {path.parent}: process {holder} is {doing} there. "
                "Wait for it, stop it, or choose another name."
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def soon_alone(path: Path, doing: str, patience: float = 10.0) -> Iterator[None]:
    """The same, for writes that are over soon: another holder is waited for, `patience` seconds."""
    ends = time.monotonic() + patience
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(only_one(path, doing))
                break
            except SystemRefused:
                raise
            except Refusal:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)
        yield


def is_held(path: Path) -> bool:
    """Does a process hold the lock file `path` now?"""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:  # not there, or not ours to write: nobody of ours holds it
        return False
    try:
        return not _acquire(descriptor)
    finally:
        os.close(descriptor)


def _acquire_soon(descriptor: int, tries: int = 5) -> bool:
    """Acquire it, or wait a moment for one who only looks (`is_held`)."""
    for _ in range(tries):
        if _acquire(descriptor):
            return True
        time.sleep(0.05)
    return False


def _acquire(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            # a byte far behind the text, which stays readable for the other process
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
