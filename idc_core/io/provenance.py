"""Where a run came from: versions, commit, clock."""

import os
import platform
import subprocess
import uuid
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from idc_core.io.paths import REPOSITORY, mark_of

PACKAGES = (
    "keras",
    "tensorflow",
    "numpy",
    "pandas",
    "opencv-python-headless",
    "onnx",
    "onnxruntime",
)


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamped(path: Path, folder: Path) -> Path:
    """A free place in `folder` named like `path`, with the time."""
    name = f"{path.name}-{now().replace(':', '')}"
    target, again = folder / name, 1
    while target.exists():
        again += 1
        target = folder / f"{name}-{again}"
    return target


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a score depends on; absent ones left out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """What tells this machine from another without saying which it is: speeds hold for one."""
    number = uuid.getnode()
    drawn = number >> 40 & 1  # by chance, where no network card says one: another each time
    return mark_of(f"{platform.node()} {'' if drawn else number} {os.cpu_count()}")


def commit() -> str | None:
    """The checkout's commit, with `+changes` where files differ from it; None outside git."""
    head = _git("rev-parse", "HEAD")
    if not head:
        return None
    return head + ("+changes" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=REPOSITORY, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
