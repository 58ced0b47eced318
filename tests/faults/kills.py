"""kill -9 at a seeded moment: is all that lies there whole, and does the command, given again, end
as if it had never been killed?"""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from idc_core.evaluate.verify import verify_all
from tests.faults.acts import ACTS, Contents, Started
from tests.faults.contents import contents

KILLS = {
    "prepare": 25,
    "cut": 25,
    "train": 25,
    "evaluate": 25,
    "predict": 13,
    "predict slides": 12,
    "import": 25,
    "analyse": 25,
    "review": 25,
}
"""200 in all."""

KILLED = -9
ATTEMPTS = 12


@dataclass(frozen=True)
class Kill:
    """The `number`-th of an act. Even ones come at a write, odd ones at a moment of the clock."""

    act: str
    number: int
    seed: int

    @property
    def key(self) -> str:
        return f"kill {self.seed} {self.act} {self.number}"


def drawn(seed: int, many: int = sum(KILLS.values())) -> list[Kill]:
    """The first so many kills, of all acts in turn."""
    kills = [
        (number / of_act, act, number) for act, of_act in KILLS.items() for number in range(of_act)
    ]
    return [Kill(act, number, seed) for _, act, number in sorted(kills)[:many]]


class Place:
    """`base`: the world (`worlds.make`), only read. `folder`: where copies of it are killed in."""

    def __init__(self, base: Path, folder: Path) -> None:
        self._base, self._folder = base, folder
        self._known: dict[str, tuple[Contents, Contents, int, float]] = {}

    def killed(self, kill: Kill) -> tuple[str, str]:
        """Outcome (`survived`, `lost`, `left`: only a temporary file stays), and a sentence."""
        before, after, writes, seconds = self._whole(kill.act)
        moment = random.Random(kill.key).random()
        for _ in range(ATTEMPTS):
            root = self._fresh(kill)
            at = 1 + int(moment * writes) if kill.number % 2 == 0 and writes else 0
            started = Started(kill.act, self._base, root, at)
            if not at:
                started.kill_after(moment * seconds)
            if started.ended()[0] == KILLED:
                break
            moment *= 0.5  # it was quicker than the first time
        else:
            return "not injected", "it had always ended before"
        said = f"at write {at} of {writes}" if at else f"after {moment * seconds:.2f} s"
        wrong = ACTS[kill.act].found(root, before, after) or _not_verified(root, kill.act)
        if wrong:
            return "lost", f"{said}: {wrong}"
        code, *_ = Started(kill.act, self._base, root).ended()
        now, unverified = contents(root), _not_verified(root, "")
        is_done = all(now.get(name) == wanted for name, wanted in _lasting(after).items())
        if code not in (0, 3) and not is_done:  # `cut` says of a store that it is there already
            words = root.with_suffix(".said").read_text(errors="replace").strip()[-300:]
            return "lost", f"{said}: given again it ended with {code}: {words}"
        return _compared(now, after, said, unverified)

    def _whole(self, act: str) -> tuple[Contents, Contents, int, float]:
        if act not in self._known:
            root = self._fresh(Kill(act, -1, 0))
            before = contents(root)
            code, writes, seconds = Started(act, self._base, root).ended()
            words = root.with_suffix(".said").read_text(errors="replace")
            assert code in (0, 3), f"{act} ends with {code} unkilled: {words}"
            self._known[act] = before, contents(root), writes if act != "review" else 0, seconds
        return self._known[act]

    def _fresh(self, kill: Kill) -> Path:
        shutil.rmtree(self._folder, ignore_errors=True)
        root = self._folder / f"{kill.act} {kill.number}".replace(" ", "_")
        for name in ("data", "models"):
            shutil.copytree(self._base / name, root / name)
        shutil.copy(self._base / "scores.csv", root)
        (root / "acknowledged").touch()
        return root


def _not_verified(root: Path, act: str) -> str:
    """What `verify` says; a run in training is not sealed, and says so."""
    for item in verify_all(root / "data", root / "models"):
        if item.difference and not (act == "train" and "trained" in item.where):
            return item.line
    return ""


def _compared(now: Contents, after: Contents, said: str, unverified: str) -> tuple[str, str]:
    wanted, found = _lasting(after), _lasting(now)
    more = sorted({*found} - {*wanted})
    differing = [name for name in wanted if found.get(name) != wanted[name]]
    if differing or unverified:
        return "lost", f"{said}: at the end {', '.join(differing[:4])} {unverified}".strip()
    if more:
        return "left", f"{said}: {', '.join(more[:4])} stays"
    return "survived", said


def _lasting(found: Contents) -> dict[str, str]:
    """What is put aside is put aside once more; an acknowledgement may be said twice."""
    return {
        name: digest
        for name, digest in found.items()
        if not name.startswith("models/.replaced/") and name != "acknowledged"
    }


def all_killed(base: Path, folder: Path, kills: list[Kill]) -> Iterator[tuple[Kill, str, str]]:
    """Each kill with its outcome and a sentence."""
    place = Place(base, folder)
    for kill in kills:
        yield (kill, *place.killed(kill))
