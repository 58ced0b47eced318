"""What people say of a run: tags, and whether it is put aside; and what names it may have.

Kept in `notes.json` of the run folder, so that it goes where the run goes, with who did what when.
"""

import re
from contextlib import AbstractContextManager
from pathlib import Path

from idc_core.io.lock import soon_alone
from idc_core.io.names import run_names
from idc_core.io.provenance import now
from idc_core.io.record import replace
from idc_core.io.refusal import Refusal
from idc_core.records.notes import Change, Notes, read_notes, write_notes

LONGEST = 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def tag(folder: Path, tags: tuple[str, ...], *, by: str) -> Notes:
    """Give a run these tags; return its notes. Archived or not, it stays as it is."""
    said = f"tagged {', '.join(tags)}" if tags else "tags removed"
    with _alone(folder, by):
        return _changed(folder, replace(read_notes(folder), tags=tags), by, said)


def archive(folder: Path, archived: bool, *, by: str) -> Notes:
    """Put a run aside or offer it again; return its notes. Its tags stay as they are."""
    said = "archived" if archived else "taken out of the archive"
    with _alone(folder, by):
        return _changed(folder, replace(read_notes(folder), archived=archived), by, said)


def _alone(folder: Path, by: str) -> AbstractContextManager[None]:
    """Server, command line and other machines may write at once, and none loses what another
    wrote."""
    if not by.strip():
        raise Refusal(
            "expected who does it: the reader's name is empty. Write it first; it stands beside "
            "the change."
        )
    return soon_alone(folder / ".notes", "writing the notes")


def _changed(folder: Path, notes: Notes, by: str, what: str) -> Notes:
    notes = replace(notes, changes=(*notes.changes, Change(now(), by.strip(), what)))
    write_notes(folder, notes)
    return notes


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as somebody typed them, with commas between; each once.

    >>> tags_of("baseline, seed 1,, baseline")
    ('baseline', 'seed 1')
    """
    words = (" ".join(part.split())[:LONGEST] for part in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def refuse_name(name: str) -> None:
    """Raise `Refusal` for a name that is no plain folder name."""
    if not _NAME.fullmatch(name):
        raise Refusal(
            "expected a name of letters, digits, dots, dashes and underscores, at most 80, that "
            f"begins with a letter or digit: found {name[:100]!r}."
        )


def record(folder: Path, by: str, what: str) -> None:
    """Write down who did what to a run."""
    with _alone(folder, by):
        _changed(folder, read_notes(folder), by, what)


def offered(root: Path, including: str | None = None) -> list[str]:
    """Names of the runs in `root` that are not archived; `including` whatever it is."""
    return [name for name in run_names(root) if name == including or not _archived(root / name)]


def _archived(folder: Path) -> bool:
    try:
        return read_notes(folder).archived
    except Refusal:
        return False
