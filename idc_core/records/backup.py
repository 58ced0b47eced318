"""`backup.json`: what a backup holds, with the digest of every file and of every table."""

from pathlib import PurePosixPath
from typing import Annotated

from msgspec import Meta

from idc_core.io.record import Record
from idc_core.io.refusal import Refusal

FILE = "backup.json"
MODELS, DATA, MANIFESTS, REVIEWS = "models", "data", "manifests", "reviews"
"""Folders of a backup: runs; files and whole stores of the data folder; of stores that are not
taken whole all but their pixels; a file a table of the reviews."""

_Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_Count = Annotated[int, Meta(ge=0)]


class Kept(Record, frozen=True, kw_only=True):
    """A file of a backup."""

    bytes: _Count
    sha256: _Sha256


class Table(Record, frozen=True, kw_only=True):
    """A table of the reviews (`reviews/rows.py`)."""

    rows: _Count
    sha256: _Sha256


class Backup(Record, frozen=True, kw_only=True):
    """What a backup holds; `files` by their path in it."""

    made: str
    """UTC."""
    version: str
    """Of this program."""
    pixels: bool = False
    """Whether stores were taken whole."""
    runs: list[str] = []
    stores: list[str] = []
    files: dict[str, Kept] = {}
    reviews: dict[str, Table] = {}
    """Empty where there were none."""

    def __post_init__(self) -> None:
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or len(path.parts) < 2:
                raise Refusal(
                    f"expected files within the backup in {FILE}: found {name[:80]!r}. Nothing "
                    "was restored."
                )
