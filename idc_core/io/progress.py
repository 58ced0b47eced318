"""How a training and those who watch it talk, by files in `models/<run>/checkpoint/`.

`progress.json` says how far it is; a file `stop` asks it to end at the next batch, with a
checkpoint, as a signal would. Both go with the folder when the run is finished.
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from idc_core.io.files import read_bytes, read_json, write_json
from idc_core.io.lock import is_held
from idc_core.io.refusal import Refusal

SECONDS = 1.0
"""The least time from one `progress.json` to the next."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is; `log` holds the epoch's numbers so far."""

    stage: str  # "train" | "validate" | "epoch" (done) | "export" | "score" | "evaluate"
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    patches_per_second: float = 0.0
    log: dict[str, float] = field(default_factory=dict)


Tell = Callable[[Progress], None]

TellCount = Callable[[int, int], None]
"""Told how many are done, and of how many."""

TellStage = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def followed(folder: Path, tell: Tell) -> Tell:
    """`tell`, which also writes `progress.json`, at most once in `SECONDS`."""
    last = -SECONDS

    def told(progress: Progress) -> None:
        nonlocal last
        tell(progress)
        now = time.monotonic()
        if now - last >= SECONDS and _folder(folder).is_dir():
            last = now
            write_json(_folder(folder) / "progress.json", asdict(progress) | {"at": time.time()})

    return told


def is_training(folder: Path) -> bool:
    """Is a process training this run now? Its lock says so, which dies with it."""
    return is_held(_folder(folder) / "lock")


def status_of(folder: Path, status: str | None) -> str:
    """The run's `status` in words: is it really trained now, and is an epoch done yet?"""
    said = status or "unknown"
    if said != "training":
        return said
    if not is_training(folder):
        return "terminated unexpectedly"
    return said if has_epoch(folder) else "training, no epoch done yet"


def has_epoch(folder: Path) -> bool:
    """Is an epoch of the run done, so that there is a figure to look at?"""
    file = folder / "history.csv"
    return file.is_file() and read_bytes(file).count(b"\n") > 1


def no_epoch_sentence(folder: Path) -> str:
    """What is said in place of figures and curves while no epoch is done.

    The same on the command line and on every page, for a run with the status of a training.
    """
    if is_training(folder):
        return (
            f"{folder.name} is being trained and its first epoch is not done: figures and curves "
            "follow then."
        )
    return (
        f"The training of {folder.name} ended before its first epoch was done: there is nothing to "
        f"show yet. Go on: python train_cli.py train --run {folder.name} --resume."
    )


def progress_of(folder: Path) -> dict[str, Any] | None:
    """The last `progress.json` (with `at`, seconds since 1970); None where there is none."""
    file = _folder(folder) / "progress.json"
    if not file.is_file():
        return None
    try:
        content = read_json(file)
    except Refusal:  # gone since we looked
        return None
    return content if isinstance(content, dict) else None


def ask_to_stop(folder: Path) -> None:
    """Let the training end cleanly; raises `Refusal` where nobody trains."""
    if not is_training(folder):
        raise Refusal(
            f"expected a training to stop in {folder}: no process trains there. "
            f"Go on with it: python train_cli.py train --run {folder.name} --resume."
        )
    (_folder(folder) / "stop").touch()


def is_asked_to_stop(folder: Path) -> bool:
    """Did somebody ask?"""
    return os.path.exists(_folder(folder) / "stop")  # noqa: PTH110 - once a batch: half the cost


def forget_stop(folder: Path) -> None:
    """A request is answered once."""
    (_folder(folder) / "stop").unlink(missing_ok=True)


def _folder(folder: Path) -> Path:
    return folder / "checkpoint"
