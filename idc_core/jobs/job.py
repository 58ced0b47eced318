"""One piece of long work: what is wanted, by whom, how far it is and how it ended."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from idc_core.io.record import Record

State = Literal["waiting", "running", "done", "refused", "failed", "cancelled"]
"""`refused`: it could not be done, and the sentence says the cure; `failed`: an internal error, or
the system ended it."""

UNDER_WAY: tuple[State, ...] = ("waiting", "running")
FOUND, LOCK = "found", "lock"
"""In the job's folder: what it found, there once it is whole; held by the process that does it."""


class Stopped(BaseException):
    """Somebody cancelled the job that this process does, or the worker ends."""


class Asked(Record, frozen=True, kw_only=True):
    """What a kind of work needs to know; each kind has its own."""

    nulls: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Starter:
    """Who started it: `subject` as the provider names them, `name` for people to read; both empty
    where nobody signs in."""

    subject: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of the table. `name`: of the slide, store or run it is about; `run`: whose network does
    it, "" for none; `asked`: JSON of its kind's record; `tries`: how often it was begun. Times in
    UTC."""

    id: str
    kind: str
    name: str
    run: str
    asked: str
    by: Starter
    state: State
    doing: str
    done: int
    of: int
    sentence: str
    tries: int
    stopping: bool
    made: str
    ended_at: str
    folder: Path

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in UNDER_WAY

    @property
    def found(self) -> Path:
        """The folder of what it found."""
        return self.folder / FOUND

    @property
    def share(self) -> float:
        """How much of it is done, in [0, 1]."""
        return min(1.0, max(0.0, self.done / self.of)) if self.of else 0.0
