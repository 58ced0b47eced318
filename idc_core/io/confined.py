"""Child processes for what others made: bounded in memory and time, without network or secrets.

A child gets its limits by calling `limit_self` before it reads anything; `run` and `words` take its
network away where the system allows that, and give it an empty home and none of our environment.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

MOST_MEMORY = 12 * 1024**3
MOST_FILE = 2_000_000_000

_KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")


def limit_self(seconds: int | None = None, memory: int = MOST_MEMORY) -> None:
    """Bound this process: address space, size of a file, `seconds` of computing, no core dump.

    Nothing where the system knows no such limits.
    """
    if os.name != "posix":
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: MOST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    if seconds is not None:
        wanted[resource.RLIMIT_CPU] = seconds
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def words(command: Sequence[str]) -> list[str]:
    """The command as it is started: without a network where that can be done."""
    return [*no_network(), *command]


def surroundings(home: Path) -> dict[str, str]:
    """The environment of such a child; `home` is its own folder."""
    known = {name: os.environ[name] for name in _KEPT if name in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    return known | {
        "PYTHONPATH": root,
        "HOME": str(home),
        "KERAS_HOME": str(home),
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def run(module: str, arguments: Sequence[str], folder: Path, seconds: float) -> int | None:
    """Run a module in a child that works in `folder`; its exit code, None where it took longer."""
    child = subprocess.Popen(
        words([sys.executable, "-m", module, *arguments]),
        cwd=folder,
        env=surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            if os.name == "posix":
                os.killpg(child.pid, signal.SIGKILL)
            else:
                child.kill()
            child.wait()


@cache
def no_network() -> tuple[str, ...]:
    """What is put before a command to take its network away; nothing where that cannot be done."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--user", "--map-root-user", "--net")
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else ()
