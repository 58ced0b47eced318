"""Names of the runs and stores that are there, and those near one that is not.

Folders and small JSON files alone are read: a command that refuses a mistyped name does so at once.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from idc_core.io.refusal import Refusal

NEAR = 0.6
"""How much of two names must agree, as `difflib` counts, for one to be a slip for the other."""

MOST_NAMES = 3


def run_names(root: Path) -> list[str]:
    """Names of the folders in `root` that hold a `run.json`, in alphabetical order.

    Hidden ones are being written, were replaced or lie in the trash.
    """
    return _holding(root, "run.json")


def store_names(root: Path) -> list[str]:
    """The same of patch stores: folders with a `manifest.json`."""
    return _holding(root, "manifest.json")


def near(wanted: str, known: Iterable[str]) -> list[str]:
    """Those of `known` that `wanted` may be a slip for, the nearest first, at most `MOST_NAMES`.

    >>> near("Frist", ["first", "second", "first-2"])
    ['first', 'first-2']
    """
    spelt = {name.casefold(): name for name in known}
    found = get_close_matches(wanted.casefold(), list(spelt), MOST_NAMES, NEAR)
    return [spelt[name] for name in found]


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """A question that names them, with a space before it; empty where none is near.

    >>> did_you_mean("frist", ["first"])
    ' Did you mean first?'
    """
    found = near(wanted, known)
    return f" Did you mean {' or '.join(found)}?" if found else ""


def needed_run(path: Path) -> Path:
    """The folder of a run; raises `Refusal` where it holds none, with near names and the cure."""
    if (path / "run.json").is_file():
        return path
    raise Refusal(
        f"expected a run in {path}: there is none."
        f"{did_you_mean(path.name, run_names(path.parent))} "
        f"Make one: python train_cli.py train --data NAME --run {path.name}."
    )


def needed_store(path: Path) -> Path:
    """The folder of a patch store; raises `Refusal` likewise."""
    if (path / "manifest.json").is_file():
        return path
    raise Refusal(
        f"expected a patch store in {path}: there is none."
        f"{did_you_mean(path.name, store_names(path.parent))} "
        f"Make it: python train_cli.py prepare SOURCE --name {path.name}."
    )


def there_is_one(folder: Path) -> str:
    """What is said where a new run was to be trained and one is there already."""
    return f"expected a new run: {folder} holds one. Go on with --resume, or choose another name."


def _holding(root: Path, file: str) -> list[str]:
    if not root.is_dir():
        return []
    return sorted(
        folder.name
        for folder in root.iterdir()
        if not folder.name.startswith(".") and (folder / file).is_file()
    )
