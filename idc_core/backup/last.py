"""When a backup was last made of a data folder, for an administrator to see."""

from pathlib import Path

from idc_core.io import record
from idc_core.io.record import Record
from idc_core.records.backup import Backup

FILE = ".last_backup.json"


class Last(Record, frozen=True, kw_only=True):
    """The last backup that was finished; where it lies is not told."""

    made: str
    """UTC, ISO 8601."""
    runs: int
    files: int
    rows: int
    """Of the reviews: verdicts and regions."""


def remember(made: Backup, data: Path) -> None:
    """Write down in the data folder that a backup was finished."""
    rows = sum(table.rows for table in made.reviews.values())
    told = Last(made=made.made, runs=len(made.runs), files=len(made.files), rows=rows)
    record.write(data / FILE, told)


def last(data: Path) -> Last | None:
    """The last one; None where there is none, or what was written down is damaged."""
    return record.read_if_whole(Last, data / FILE)
