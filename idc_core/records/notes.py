"""`notes.json`: what people say of a run."""

from pathlib import Path
from typing import ClassVar

from idc_core.io import record
from idc_core.io.record import Record

FILE = "notes.json"


class Change(Record, frozen=True):
    """Who did what to a run, and when (UTC)."""

    at: str = ""
    by: str = ""
    what: str = ""


class Notes(Record, frozen=True):
    """Tags in the order they were given; an archived run is kept and not offered.

    `changes`: oldest first; empty for notes from before they were recorded.
    """

    summed: ClassVar[bool] = True

    tags: tuple[str, ...] = ()
    archived: bool = False
    changes: tuple[Change, ...] = ()


def read_notes(folder: Path) -> Notes:
    """The notes in a run's folder, empty where nobody wrote any; raises `Refusal` if damaged."""
    if not (folder / FILE).exists():
        return Notes()
    return record.read(Notes, folder / FILE, "Remove the file, and the run has no tags.")


def write_notes(folder: Path, notes: Notes) -> None:
    """Put the notes in place of those before."""
    record.write(folder / FILE, notes)
