"""What an audit log is, wherever it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from idc_core.io.record import Record

Outcome = Literal["allowed", "refused", "failed"]
"""Written before an act is done, instead of it, or after it, when it could not be."""


class Entry(Record, frozen=True, kw_only=True):
    """Who did what, to what, and when; a line of the log."""

    at: str
    """UTC."""
    person: str
    """The subject that the provider or the proxy named."""
    name: str = ""
    role: str = ""
    act: str
    outcome: Outcome = "allowed"
    run: str = ""
    patient: str = ""
    what: str = ""
    previous: str | None = None
    """SHA-256 of the line before; none in the first."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`lines` are there, of which `last` is the digest; `broken`: the first that does not fit, and
    `why` in a sentence."""

    lines: int
    last: str = ""
    broken: int | None = None
    why: str = ""


class AuditLog(Protocol):
    """Entries are added and never changed."""

    def append(self, entry: Entry) -> None:
        """Add an entry, on the disk when this returns. Raises `Refusal` where that cannot be."""

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first. Raises `Refusal` at a line that is none."""

    def stamp(self) -> str:
        """What changes whenever an entry is added."""

    def check(self) -> Checked:
        """Follow the log from its first entry to its last."""
