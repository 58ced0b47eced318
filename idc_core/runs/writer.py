"""Writing a run so that a kill at any moment leaves the old one or the new one, and no mixture.

A run is written into a hidden folder beside its place, sealed, and then takes the place in one step
where the system can (Linux), else in two. Nothing of a run that lay there is read. That one is kept
whole, with its ledger, its looks at test and its notes, in `.replaced/<name>-<time>`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from idc_core.data.stores.writer import swap
from idc_core.io.files import sync_folder
from idc_core.io.lock import only_one, soon_alone
from idc_core.io.progress import is_training
from idc_core.io.provenance import stamped
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.runs import seal

REPLACED = ".replaced"
UNFINISHED = ".unfinished"
"""Lies in a folder that is being written; one without it, where the old run goes, is an old run."""


@dataclass
class Building:
    """`folder`: where the new run is written to. `replaced`: where the old one went, at the end."""

    folder: Path
    replaced: Path | None = None


@contextmanager
def building(run_folder: Path) -> Iterator[Building]:
    """Give an empty folder of the same name, which becomes the run when the block ends well.

    Raises `Refusal` where `run` is no run's folder, is being trained or is written by another
    process; whatever is raised, the run that lay there is as it was.
    """
    _refuse_foreign(run_folder)
    with (
        refused_by_system(f"write {run_folder.parent}"),
        only_one(lock_of(run_folder), "writing the run"),
    ):
        outer = run_folder.parent / f".{run_folder.name}.part"
        _tidy(run_folder, outer)
        made = Building(outer / run_folder.name)
        made.folder.mkdir(parents=True)
        (made.folder / UNFINISHED).touch()
        try:
            yield made
            _finish(run_folder, made, outer)
        finally:
            _tidy(run_folder, outer)
    sync_folder(run_folder.parent)


@contextmanager
def extending(run_folder: Path) -> Iterator[Path]:
    """Give a copy of the run to add to, which takes its place when the block ends well.

    The ledger, the looks and the notes stay the run's own: nothing of it is lost, and nothing kept.
    """
    with soon_alone(run_folder / ".ledger", "adding to the run"), building(run_folder) as made:
        shutil.copytree(
            run_folder, made.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*")
        )
        seal.remove(made.folder)
        yield made.folder
    if made.replaced is not None:
        shutil.rmtree(made.replaced, ignore_errors=True)


def lock_of(folder: Path) -> Path:
    """The lock that the writer of a run holds."""
    return folder.parent / f".{folder.name}.lock"


def put_in_place(waiting: Path, folder: Path) -> None:
    """Put a whole run that waits beside its free place into it."""
    waiting.rename(folder)
    (folder / UNFINISHED).unlink(missing_ok=True)
    shutil.rmtree(waiting.parent, ignore_errors=True)
    sync_folder(folder.parent)


def kept_sentence(replaced: Path | None) -> str | None:
    """What is said of the run that lay there."""
    if replaced is None:
        return None
    return (
        f"The run that was there is kept whole in {replaced}, with its ledger, its looks at test "
        "and its notes. Looks at the same test patients are still counted."
    )


def replaced_runs(root: Path) -> list[Path]:
    """Folders of runs that were replaced, of all names."""
    folder = root / REPLACED
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if (each / "run.json").is_file())


def _finish(run_folder: Path, made: Building, outer: Path) -> None:
    if seal.read(made.folder) is None:
        seal.write(made.folder)
    sync_folder(made.folder)
    old = outer.with_suffix(".old")
    swap(made.folder, run_folder, old)
    (run_folder / UNFINISHED).unlink()
    for left in (made.folder, old):
        if left.is_dir():
            made.replaced = _put_aside(run_folder, left)


def _tidy(folder: Path, outer: Path) -> None:
    """Take away what was never finished; put aside an old run that a kill left in its place."""
    inner, old = outer / folder.name, outer.with_suffix(".old")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    for left in (inner, old):
        if left.is_dir() and not (left / UNFINISHED).exists():
            _put_aside(folder, left)
    shutil.rmtree(outer, ignore_errors=True)
    (folder / UNFINISHED).unlink(missing_ok=True)


def put_aside(folder: Path) -> Path | None:
    """Move a run whole to `.replaced/`, where there is one; say where it went."""
    return _put_aside(folder, folder) if folder.is_dir() else None


def _put_aside(run_folder: Path, old: Path) -> Path | None:
    if not any(old.iterdir()):
        old.rmdir()
        return None
    folder = run_folder.parent / REPLACED
    folder.mkdir(exist_ok=True)
    target = stamped(run_folder, folder)
    old.rename(target)
    sync_folder(folder)
    return target


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refusal(
            f"expected a run or nothing in {folder}: there is a file. Choose another name."
        )
    if (folder / "run.json").is_file():
        if is_training(folder):
            raise Refusal(
                f"expected {folder.name} to be at rest: it is being trained. Stop it first, or "
                "choose another name."
            )
        return
    foreign = sorted(each.name for each in folder.iterdir() if not _is_ours(each.name))
    if foreign:
        raise Refusal(
            f"expected a run or nothing in {folder}: found {foreign[0][:80]!r} and no run.json. "
            "Choose another name."
        )


def _is_ours(name: str) -> bool:
    # An older version, or a kill in it, may have left artefacts without a run.json.
    return name.startswith(".") or name in seal.STATE_WORDS or name in seal.LOGS
