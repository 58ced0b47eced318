"""`predictions/parts.json`: the files that a run's predictions lie in, where they are several."""

from pathlib import Path
from typing import ClassVar

from idc_core.io import record
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal

FILE = "predictions/parts.json"


class Part(Record, frozen=True, kw_only=True):
    """A Parquet file beside the list: its name, how many predictions it holds, its SHA-256."""

    file: str
    rows: int
    sha256: str


class Parts(Record, frozen=True, kw_only=True):
    """All of them, in the order of their predictions."""

    newest: ClassVar[int] = 1

    parts: list[Part]

    @property
    def rows(self) -> int:
        """How many predictions they hold together."""
        return sum(part.rows for part in self.parts)


def read_parts(folder: Path) -> Parts:
    """The parts of the run in `folder`; raises `Refusal` where the list is damaged or names a file
    that is not beside it."""
    found = record.read(Parts, folder / FILE, "Put the file back from a copy of the run.")
    for part in found.parts:
        if Path(part.file).name != part.file or part.file.startswith("."):
            raise Refusal(
                f"expected names of files beside {folder / FILE}: it names {part.file[:80]!r}. Put "
                "the file back from a copy of the run."
            )
    return found
