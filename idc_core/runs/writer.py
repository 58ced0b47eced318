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
_UNFINISHED = ".unfinished"
"""Lies in a folder that is being written; one without it, where the old run goes, is an old run."""


@dataclass
class Building:
    """`folder`: where the new run is written to. `replaced`: where the old one went, at the end."""

    folder: Path
    replaced: Path | None = None


@contextmanager
def building(run: Path) -> Iterator[Building]:
    """Give an empty folder of the same name, which becomes the run when the block ends well.

    Raises `Refusal` where `run` is no run's folder, is being trained or is written by another
    process; whatever is raised, the run that lay there is as it was.
    """
    _refuse_foreign(run)
    with (
        refused_by_system(f"write {run.parent}"),
        only_one(lock_of(run), "writing the run"),
    ):
        outer = run.parent / f".{run.name}.part"
        _tidy(run, outer)
        made = Building(outer / run.name)
        made.folder.mkdir(parents=True)
        (made.folder / _UNFINISHED).touch()
        try:
            yield made
            _finish(run, made, outer)
        finally:
            _tidy(run, outer)
    sync_folder(run.parent)


@contextmanager
def extending(run: Path) -> Iterator[Path]:
    """Give a copy of the run to add to, which takes its place when the block ends well.

    The ledger, the looks and the notes stay the run's own: nothing of it is lost, and nothing kept.
    """
    with soon_alone(run / ".ledger", "adding to the run"), building(run) as made:
        shutil.copytree(run, made.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
        seal.remove(made.folder)
        yield made.folder
    if made.replaced is not None:
        shutil.rmtree(made.replaced, ignore_errors=True)


def lock_of(run: Path) -> Path:
    """The lock that the writer of a run holds."""
    return run.parent / f".{run.name}.lock"


def put_in_place(waiting: Path, run: Path) -> None:
    """Put a whole run that waits beside its free place into it."""
    waiting.rename(run)
    (run / _UNFINISHED).unlink(missing_ok=True)
    shutil.rmtree(waiting.parent, ignore_errors=True)
    sync_folder(run.parent)


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


def _finish(run: Path, made: Building, outer: Path) -> None:
    if seal.read(made.folder) is None:
        seal.write(made.folder)
    sync_folder(made.folder)
    old = outer.with_suffix(".old")
    swap(made.folder, run, old)
    (run / _UNFINISHED).unlink()
    for left in (made.folder, old):
        if left.is_dir():
            made.replaced = _put_aside(run, left)


def _tidy(run: Path, outer: Path) -> None:
    """Take away what was never finished; put aside an old run that a kill left in its place."""
    inner, old = outer / run.name, outer.with_suffix(".old")
    if old.is_dir() and not run.exists():
        old.rename(run)
    for left in (inner, old):
        if left.is_dir() and not (left / _UNFINISHED).exists():
            _put_aside(run, left)
    shutil.rmtree(outer, ignore_errors=True)
    (run / _UNFINISHED).unlink(missing_ok=True)


def put_aside(run: Path) -> Path | None:
    """Move a run whole to `.replaced/`, where there is one; say where it went."""
    return _put_aside(run, run) if run.is_dir() else None


def _put_aside(run: Path, old: Path) -> Path | None:
    if not any(old.iterdir()):
        old.rmdir()
        return None
    folder = run.parent / REPLACED
    folder.mkdir(exist_ok=True)
    target = stamped(run, folder)
    old.rename(target)
    sync_folder(folder)
    return target


def _refuse_foreign(run: Path) -> None:
    if not run.exists():
        return
    if not run.is_dir():
        raise Refusal(f"expected a run or nothing in {run}: there is a file. Choose another name.")
    if (run / "run.json").is_file():
        if is_training(run):
            raise Refusal(
                f"expected {run.name} to be at rest: it is being trained. Stop it first, or choose "
                "another name."
            )
        return
    foreign = sorted(each.name for each in run.iterdir() if not _is_ours(each.name))
    if foreign:
        raise Refusal(
            f"expected a run or nothing in {run}: found {foreign[0][:80]!r} and no run.json. "
            "Choose another name."
        )


def _is_ours(name: str) -> bool:
    # An older version, or a kill in it, may have left artefacts without a run.json.
    return name.startswith(".") or name in seal.WORDS or name in seal.LOGS
