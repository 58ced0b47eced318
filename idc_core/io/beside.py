"""Processes that we start and that must not outlive us, whatever ends us.

The child holds the end of a pipe that nobody writes to: where it reads the end, its parent is gone,
also by a kill that no parent can answer. It leads a group of its own, so that what it has started
in turn ends with it, and Ctrl+C in a terminal reaches the parent alone.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from idc_core.io.paths import REPOSITORY

_MARK = "IDC_ENDS_WITH_ITS_PARENT"


def start(words: Sequence[str], *, reads: bool = False) -> "subprocess.Popen[bytes]":
    """Start a command in the repository; if it calls `end_with_parent`, it ends with us.
    `reads`: what it prints is for us, at its `stdout`."""
    return subprocess.Popen(
        [*words],
        stdout=subprocess.PIPE if reads else None,
        cwd=REPOSITORY,
        env=os.environ | {_MARK: "1"},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def end(child: "subprocess.Popen[bytes]", patience: float) -> int:
    """Ask a child to end, and end it with all it has started after `patience` seconds; its exit
    code."""
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        child.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        child.kill()
    kill_group(child.pid)
    code = child.wait()
    close(child)
    return code


def close(child: "subprocess.Popen[bytes]") -> None:
    """Let go of the pipes to a child that has ended."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def kill_group(leader: int) -> None:
    """Kill a child of `start` and all it has started; nothing where none is left."""
    if sys.platform == "win32":  # has no groups
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_with_parent(ending: Callable[[], None]) -> None:
    """Call `ending` once whoever began this process by `start` is gone; nothing without one."""
    if os.environ.pop(_MARK, ""):
        threading.Thread(target=_watch, args=(ending,), name="parent", daemon=True).start()


def end_now() -> None:
    """End this process, which leads its group, and all it has started."""
    kill_group(os.getpid())
    os._exit(1)


def _watch(ending: Callable[[], None]) -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    ending()
