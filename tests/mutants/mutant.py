"""One small error in one source file: where it stands, and what is written there instead."""

import difflib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` of a file become `new`; `operator` is the kind of error."""

    operator: str
    start: int
    end: int
    new: str

    def made(self, source: bytes) -> bytes:
        """The source with the error in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a file; `path` from the repository's root.

    `key` stays while the line stays, wherever it moves in its file, so that a verdict is not lost
    because something was written above it.
    """

    part: str
    path: str
    change: Change
    line: int
    key: str

    def diff(self, root: Path) -> str:
        """What it changes, as `diff -u` without context."""
        source = (root / self.path).read_bytes()
        before, after = (text.decode().splitlines() for text in (source, self.change.made(source)))
        changed = [
            line
            for line in difflib.unified_diff(before, after, n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        return "\n".join([f"{self.path}:{self.line}  {self.change.operator}", *changed])


def mutants_of(part: str, path: str, source: bytes, changes: list[Change]) -> list[Mutant]:
    """The changes of one file, each with its key."""
    made, seen = [], dict[str, int]()
    for change in sorted(changes, key=lambda each: (each.start, each.end, each.operator, each.new)):
        line = source.count(b"\n", 0, change.start) + 1
        first = source.rfind(b"\n", 0, change.start) + 1
        text = source[first : source.find(b"\n", change.end)].decode().strip()
        old = source[change.start : change.end].decode()
        plain = "\0".join((path, change.operator, text, old, change.new))
        seen[plain] = seen.get(plain, 0) + 1
        key = sha256(f"{plain}\0{seen[plain]}".encode()).hexdigest()[:12]
        made.append(Mutant(part, path, change, line, key))
    return made
