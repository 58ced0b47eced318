"""What people say of a run: tags, and whether it is put aside; and giving it another name.

Kept in `notes.json` of the run folder, so that it goes where the run goes.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from idc_core.files import read_json, write_json
from idc_core.following import is_training
from idc_core.refusal import Refusal
from idc_core.runs import list_runs

FILE = "notes.json"
LONGEST = 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Notes:
    """Tags in the order they were given; an archived run is kept and not offered."""

    tags: tuple[str, ...] = ()
    archived: bool = False


def read_notes(run: Path) -> Notes:
    """The notes of a run folder, empty where nobody wrote any; raises `Refusal` if damaged."""
    if not (run / FILE).exists():
        return Notes()
    content = read_json(run / FILE)
    if not isinstance(content, dict) or not isinstance(content.get("tags", []), list):
        raise Refusal(
            f"expected tags in {run / FILE}: found {str(content)[:80]}. Remove the file, and the "
            "run has no tags."
        )
    tags = tuple(str(tag)[:LONGEST] for tag in content.get("tags", []))
    return Notes(tags, content.get("archived") is True)


def write_notes(run: Path, notes: Notes) -> None:
    """Put the notes in place of those before."""
    write_json(run / FILE, {"tags": list(notes.tags), "archived": notes.archived})


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as somebody typed them, with commas between; each once.

    >>> tags_of("baseline, seed 1,, baseline")
    ('baseline', 'seed 1')
    """
    words = (" ".join(part.split())[:LONGEST] for part in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def rename(run: Path, name: str) -> Path:
    """Give a run folder another name and return it.

    Raises `Refusal` for a name that is no plain folder name or is taken, and while it is trained.
    """
    if not _NAME.fullmatch(name):
        raise Refusal(
            "expected a name of letters, digits, dots, dashes and underscores, at most 80, that "
            f"begins with a letter or digit: found {name[:100]!r}."
        )
    if is_training(run):
        raise Refusal(
            f"expected {run.name} to be at rest: it is being trained. Stop it first, then rename."
        )
    target = run.with_name(name)
    if target.exists():
        raise Refusal(f"expected a name that is free: there is a run {name}. Choose another.")
    return run.rename(target)


def offered(root: Path, including: str | None = None) -> list[str]:
    """Names of the runs in `root` that are not archived; `including` whatever it is."""
    return [name for name in list_runs(root) if name == including or not _archived(root / name)]


def _archived(run: Path) -> bool:
    try:
        return read_notes(run).archived
    except Refusal:
        return False
