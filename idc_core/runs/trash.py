"""What was deleted lies in `.trash/` inside `models/` or `data/`, whole, until it is restored.

Only the folder moves: seal, ledger, looks and notes hold as before. Nothing is ever removed from
the trash by us; whoever needs the room empties it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from idc_core.io.files import sync_folder
from idc_core.io.names import did_you_mean, needed_run, needed_store
from idc_core.io.provenance import stamped
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.runs import links
from idc_core.runs.notes import record

TRASH = ".trash"
_NAME = re.compile(r"(?P<name>.+)-(?P<when>\d{4}-\d\d-\d\dT\d{6}Z)(-\d+)?")


@dataclass(frozen=True, slots=True)
class Deleted:
    """A run or store in the trash: the name it had, where it lies, when it went (UTC)."""

    name: str
    path: Path
    when: str


def deleted(root: Path, file: str) -> list[Deleted]:
    """What lies in the trash of `root`, the newest last; `file`: `run.json`, or `manifest.json`."""
    folder = root / TRASH
    if not folder.is_dir():
        return []
    found = []
    for each in folder.iterdir():
        named = _NAME.fullmatch(each.name)
        if named and (each / file).is_file():
            found.append(Deleted(named["name"], each, named["when"]))
    return sorted(found, key=lambda one: (one.when, one.path.name))


def delete_run(folder: Path, *, by: str, force: bool = False) -> Path:
    """Move a run to the trash; where it lies now.

    Raises `Refusal` where it is being trained or written, and, without `force`, where runs that are
    not finished learn from it.
    """
    needed_run(folder)
    links.refuse_at_work(folder, "delete")
    learning = links.unfinished(links.learners(folder))
    if learning and not force:
        raise Refusal(
            f"expected a run that no other needs: {_listed(learning)} could not go on learning "
            f"without the network of {folder.name}. Finish that first, or delete it all the same "
            "with --force."
        )
    moved = _moved(folder)
    _note(moved, by, "deleted")
    return moved


def delete_store(store: Path, *, force: bool = False) -> Path:
    """Move a store to the trash; where it lies now.

    Raises `Refusal` where a run is being trained on it, and, without `force`, where runs or stores
    that join it would be without their pixels.
    """
    needed_store(store)
    refuse_store_at_work(store, "delete")
    needing = links.needing(store)
    if needing and not force:
        raise Refusal(
            f"expected a store that no run needs: {_listed(needing)} would lose their patches "
            f"without {store.name}, and could not be resumed or explained. Delete it all the same "
            "with --force; restore brings it back."
        )
    joining = [each.name for each in links.joining(store)]
    if joining and not force:
        raise Refusal(
            f"expected a store that none joins: {', '.join(joining[:3])} would lose its patches "
            f"without {store.name}. Delete it all the same with --force; restore brings it back."
        )
    return _moved(store)


def refuse_store_at_work(store: Path, what: str) -> None:
    """Raise `Refusal` where a run is being trained on the store, or it is being prepared."""
    data = [store, *links.joining(store)]
    runs = [folder for each in data for folder in links.runs_on(each)]
    training = [folder for folder in runs if links.is_at_work(folder)]
    if training:
        raise Refusal(
            f"expected {store.name} to be at rest: there is a training on it ("
            f"{_listed(training)}). Stop that first, then {what}."
        )
    if links.is_at_work(store):
        raise Refusal(
            f"expected {store.name} to be at rest: it is being prepared. Wait, then {what}."
        )


def restore(name: str, root: Path, file: str, *, as_name: str | None = None, by: str = "") -> Path:
    """Bring back the newest of that name from the trash of `root`; where it lies now.

    `name` may also be that of its folder in the trash. Raises `Refusal` where there is none, or its
    place is taken.
    """
    there = deleted(root, file)
    found = [each for each in there if name in (each.name, each.path.name)]
    if not found:
        near = did_you_mean(name, {each.name for each in there})
        raise Refusal(
            f"expected {name} in the trash, {root / TRASH}: it is not there.{near} See what is: "
            "python train_cli.py runs --trash."
        )
    target = root / (as_name or found[-1].name)
    if target.exists():
        raise Refusal(
            f"expected a free place for {name}: {target} is there. Bring it back under another "
            "name with --as NAME."
        )
    with refused_by_system(f"move {found[-1].path}"):
        found[-1].path.rename(target)
        sync_folder(root)
    if file == "run.json":
        renamed = f" as {as_name}" if as_name else ""
        _note(target, by, f"restored{renamed}")
    return target


def _note(folder: Path, by: str, what: str) -> None:
    """Write it down where that can be done: a run of damaged notes is moved all the same."""
    with suppress(Refusal, OSError):
        record(folder, by, what)


def _moved(path: Path) -> Path:
    folder = path.parent / TRASH
    with refused_by_system(f"move {path}"):
        folder.mkdir(exist_ok=True)
        target = stamped(path, folder)
        path.rename(target)
        sync_folder(folder)
        sync_folder(path.parent)
    return target


def _listed(folders: list[Path]) -> str:
    """
    >>> _listed([Path("a"), Path("b"), Path("c"), Path("d")])
    'the runs a, b, c and 1 more'
    """
    names = [folder.name for folder in folders]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"the run{'s' * (len(names) > 1)} {', '.join(names[:3])}{more}"
