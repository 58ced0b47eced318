"""The commands that are killed: what each is asked, and what may be found after a kill.

Each is a fork of a process that has imported what it may need (`tests/forked.py`).
"""

import multiprocessing
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.contents import contents

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.forked"])

WRITES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.link"}
BATCHES = 60
"""Of verdicts, of which every third holds forty and the others one."""

Contents = Mapping[str, str]


@dataclass(frozen=True)
class Act:
    """`words`: of the command line. `found`: what is wrong right after a kill, "" where nothing is;
    it is given the place, and what lay there before and after a whole run of the command."""

    words: Callable[[Path, Path], list[str]]
    found: Callable[[Path, Contents, Contents], str]


def _swapped(folder: str) -> Callable[[Path, Contents, Contents], str]:
    """All files of the folder are those of before, or all are those of after."""

    def found(root: Path, before: Contents, after: Contents) -> str:
        now = _below(contents(root), folder)
        if now in (_below(before, folder), _below(after, folder)):
            return ""
        return f"{folder} is neither the old nor the new: {_differing(now, _below(after, folder))}"

    return found


def _one_by_one(folder: str) -> Callable[[Path, Contents, Contents], str]:
    """Each file is that of before or that of after; what is needed only meanwhile is neither."""

    def found(root: Path, before: Contents, after: Contents) -> str:
        old, new = _below(before, folder), _below(after, folder)
        for name, digest in _below(contents(root), folder).items():
            known = {each[name] for each in (old, new) if name in each}
            if known and digest not in known and name != "seal.json":
                return f"{name} in {folder} is neither the old nor the new"
        return ""

    return found


def _training(root: Path, before: Contents, after: Contents) -> str:
    """A run that is not there yet, one that can be gone on with, or the finished one."""
    from idc_core.runs.run import open_run

    run = root / "models" / "trained"
    if not (run / "run.json").is_file():
        return ""
    opened = open_run(run)
    if opened.status not in ("training", "finished"):
        return f"the run says that it is {opened.status}"
    if opened.status == "training":
        opened.history(), opened.events()
    return ""


def _verdicts(root: Path, before: Contents, after: Contents) -> str:
    """Every batch that was acknowledged, at most one more, and none in part."""
    acknowledged = (root / "acknowledged").read_text().split()
    file = root / "reviews.sqlite"
    if not file.exists():
        return f"{len(acknowledged)} acknowledged batches are gone" if acknowledged else ""
    with closing(sqlite3.connect(file)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return "the file of reviews is damaged"
        try:
            stored = connection.execute("SELECT token, COUNT(*) FROM event GROUP BY token")
            sizes = dict(stored.fetchall())
        except sqlite3.OperationalError:
            return f"{len(acknowledged)} acknowledged batches are gone" if acknowledged else ""
    lost = [token for token in acknowledged if token not in sizes]
    halves = [token for token, size in sizes.items() if size != _size(int(token))]
    more = len(sizes) - len(acknowledged)
    if lost or halves or more > 1:
        return f"lost {lost}, in part {halves}, {more} more than acknowledged"
    return ""


def _below(found: Contents, folder: str) -> dict[str, str]:
    """Without what is hidden: a lock, a file that was being written, a folder put aside."""
    inside = {
        str(Path(name).relative_to(folder)): digest
        for name, digest in found.items()
        if Path(name).is_relative_to(folder)
    }
    return {
        name: digest
        for name, digest in inside.items()
        if not any(part.startswith(".") for part in Path(name).parts)
    }


def _differing(one: Contents, other: Contents) -> str:
    names = sorted({name for name in {*one, *other} if one.get(name) != other.get(name)})
    return ", ".join(names[:4])


def _train(base: Path, root: Path) -> list[str]:
    words = "--epochs 3 --batch-size 16 --network cancernet --checkpoint-batches 2 --seed 3"
    begun = (root / "models" / "trained" / "run.json").is_file()
    again = ["--resume"] if begun else []
    return ["train", "--run", "trained", "--data", "tiny", *words.split(), *again]


def _cut(base: Path, root: Path) -> list[str]:
    settings = f"--name cut --um 0.5 --px 50 --jobs 1 --classes {base / 'classes.csv'}"
    return ["cut", str(base / "slides"), *settings.split()]


def _predict(base: Path, root: Path) -> list[str]:
    to = ["--out", str(root / "scores.csv"), "--overwrite"]
    return ["predict", str(base / "source"), "--run", "small", *to]


def _predict_slides(base: Path, root: Path) -> list[str]:
    settings = f"--run small --um 0.5 --engine local --workers 1 --out {root / 'models' / 'night'}"
    return ["predict", str(base / "slides"), *settings.split()]


def _prepare(base: Path, root: Path) -> list[str]:
    how = "--name tiny --overwrite --fresh-split --seed 5 --fractions 0.6,0.2,0.2"
    return ["prepare", str(base / "source"), *how.split()]


ACTS = {
    "prepare": Act(_prepare, _swapped("data/tiny")),
    "cut": Act(_cut, _swapped("data/cut")),
    "train": Act(_train, _training),
    "evaluate": Act(
        lambda base, root: (
            ["evaluate", "--run", "small", "--labels", str(base / "corrected.csv")]
        ),
        _one_by_one("models/small"),
    ),
    "predict": Act(_predict, _one_by_one("scores.csv")),
    "predict slides": Act(_predict_slides, _swapped("models/night")),
    "import": Act(
        lambda base, root: (
            ["import-predictions", str(base / "theirs.csv"), "--run", "small", "--overwrite"]
        ),
        _swapped("models/small"),
    ),
    "analyse": Act(
        lambda base, root: ["analyse", "--run", "small"], _one_by_one("models/small/analysis")
    ),
    "review": Act(lambda base, root: [], _verdicts),
}


class Started:
    """The command in a process of its own. `kill_at`: its so-manieth write ends it, 0 none."""

    def __init__(self, act: str, base: Path, root: Path, kill_at: int = 0) -> None:
        words = ACTS[act].words(base, root)
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        self._sent, sending = FORKED.Pipe(duplex=False)
        self._process = FORKED.Process(target=_in_a_fork, args=(sending, words, root, kill_at))
        self._process.start()
        sending.close()
        self._sent.recv()

    def kill_after(self, seconds: float) -> None:
        self._process.join(seconds)
        self._process.kill()

    def ended(self) -> tuple[int, int, float]:
        """Exit code (−9 after a kill), writes and seconds (0 after one)."""
        try:
            writes, seconds = self._sent.recv()
        except (EOFError, OSError):
            writes, seconds = 0, 0.0
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode, writes, seconds


def _in_a_fork(tell: Connection, words: list[str], root: Path, kill_at: int) -> None:
    for name, place in (("DATA", "data"), ("MODELS", "models"), ("REVIEWS", "reviews.sqlite")):
        os.environ[f"IDC_{name}"] = str(root / place)
    sys.dont_write_bytecode = True  # it would count as what the command writes
    said = os.open(root.with_suffix(".said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(said, descriptor)
    if words[:1] == ["train"]:
        _take_a_small_network()
    writes = _counted(kill_at)
    tell.send("begun")
    begun = time.monotonic()
    code = _run(words) if words else _review(root)
    tell.send((writes[0], time.monotonic() - begun))
    tell.close()
    sys.exit(code)


def _run(words: list[str]) -> int:
    import train_cli

    sys.argv = ["train_cli.py", *words]
    try:
        train_cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _take_a_small_network() -> None:
    from idc_core.nn.models import NETWORKS
    from tests.idc_core.nn.children import remembering

    NETWORKS["cancernet"] = remembering


def _counted(kill_at: int) -> list[int]:
    """Counts writes from now on, and at one of them ends this process as a kill would."""
    seen = [0]

    def hook(event: str, given: tuple[object, ...]) -> None:
        writes = event in WRITES
        if event == "open" and isinstance(given[2], int):
            writes = bool(given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes:
            seen[0] += 1
            if seen[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return seen


def _size(batch: int) -> int:
    return 1 if batch % 3 else 40


def _review(root: Path) -> int:
    """A reader at work; what is acknowledged is written down."""
    from idc_core.reviews import open_reviews
    from tests.verdicts import verdict

    reviews = open_reviews(root / "reviews.sqlite")
    with (root / "acknowledged").open("a", buffering=1) as said:
        for batch in range(BATCHES):
            said_of = [verdict(x=batch, patient=f"p{row}") for row in range(_size(batch))]
            said.write(reviews.record(said_of, token=str(batch)) + "\n")
    return 0
