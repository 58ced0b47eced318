"""A lock that dies with its process: one trainer a run folder.

`filelock` holds and waits. Ours is what it does not do: the file says which process holds it, the
refusal names that process and the cure, and one may look without taking.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout, lock_descriptor

from idc_core.io.refusal import Refusal, refused_by_system

_A_LOOK = 0.2
"""Seconds that one who only looks (`is_held`) may be in the way at the most."""
_NAME_AT = 1 if sys.platform == "win32" else 0
"""Where the holder's number begins: Windows locks the first byte against reading, too."""


@contextmanager
def only_one(path: Path, doing: str, patience: float = _A_LOOK) -> Iterator[None]:
    """Hold the lock file `path`, which names our process; raises `Refusal` if another holds it.

    The system drops the lock when the process ends, by a kill too, so none is ever left behind.
    """
    # Kept after release: removing a lock that others may wait for would let two in. Nor any lock
    # that is only a file where the system has no other: a kill would leave that one behind.
    lock = FileLock(path, preserve_lock_file=True, fallback_to_soft=False, on_acquired=_sign)
    with refused_by_system(f"write {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=patience, poll_interval=0.02)
        except Timeout:
            raise Refusal(
                f"expected to be alone in {path.parent}: process {_holder(path)} is {doing} there. "
                "Wait for it, stop it, or choose another name."
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def soon_alone(path: Path, doing: str, patience: float = 10.0) -> Iterator[None]:
    """The same, for writes that are over soon: another holder is waited for, `patience` seconds."""
    with only_one(path, doing, patience):
        yield


def is_held(path: Path) -> bool:
    """Does a process hold the lock file `path` now?"""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:  # not there, or not ours to write: nobody of ours holds it
        return False
    try:
        return not lock_descriptor(descriptor, blocking=False)
    except OSError:  # no locks on this file system: `only_one` has refused, too
        return False
    finally:
        os.close(descriptor)


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, _NAME_AT, os.SEEK_SET)
    os.write(descriptor, f"{os.getpid()}\n".encode())


def _holder(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(_NAME_AT)
        return file.read(20).decode(errors="replace").strip() or "unknown"
