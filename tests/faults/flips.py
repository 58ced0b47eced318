"""One bit of a kept file is flipped: does somebody say so, or does it change what is read?"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from idc_core.io.refusal import Refusal
from tests.faults.stored import KINDS, Kind, mark

FLIPS = 200
"""Of each kind of file."""

OUTCOMES = {
    "refused": "refused when it is read",
    "made again": "taken for not there, and made again",
    "named": "named by `verify` or the check of its log",
    "not read": "changes nothing that is read",
    "silent": "read as something else, and nobody says so",
    "traceback": "ends with an internal error",
}


@dataclass(frozen=True)
class Flip:
    kind: Kind
    number: int
    seed: int

    @property
    def key(self) -> str:
        return f"flip {self.seed} {self.kind.name} {self.number}"


def drawn(seed: int, many: int = FLIPS) -> list[Flip]:
    """So many of each kind."""
    return [Flip(kind, number, seed) for kind in KINDS for number in range(many)]


def all_flipped(world: Path, flips: Sequence[Flip]) -> Iterator[tuple[Flip, str, str]]:
    """Each flip with its outcome and what was said; the world is afterwards as before."""
    known: dict[str, str] = {}
    for flip in flips:
        if flip.kind.name not in known:
            known[flip.kind.name] = mark(flip.kind.read(world))
            wrong = flip.kind.named(world)
            assert not wrong, f"{flip.kind.name} before any flip: {wrong}"
        yield (flip, *flipped(world, flip, known[flip.kind.name]))


def flipped(world: Path, flip: Flip, whole: str) -> tuple[str, str]:
    """The outcome, and where it was and what was said."""
    path = flip.kind.path(world)
    before = path.read_bytes()
    at = random.Random(flip.key).randrange(8 * len(before))
    changed = bytearray(before)
    changed[at // 8] ^= 1 << at % 8
    path.write_bytes(changed)
    try:
        outcome, said = _outcome(world, flip.kind, whole)
    finally:
        path.write_bytes(before)
    return outcome, f"bit {at} of {8 * len(before)}: {said}"


def _outcome(world: Path, kind: Kind, whole: str) -> tuple[str, str]:
    try:
        found = kind.read(world)
        named = kind.named(world)
    except Refusal as refused:
        return "refused", str(refused)[-160:]
    except Exception as broken:  # what no reader is made for is what is looked for
        return "traceback", f"{type(broken).__name__}: {broken}"[:160]
    if found is None and whole != "None":
        return "made again", ""
    if named:
        return "named", named[:160]
    if mark(found) == whole:
        return "not read", ""
    return "silent", _difference(whole, mark(found))


def _difference(before: str, after: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return f"{before[max(at - 20, 0) : at + 30]!r} is read as {after[max(at - 20, 0) : at + 30]!r}"
