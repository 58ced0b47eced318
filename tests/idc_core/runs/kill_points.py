"""Ends a writer at each of its writes in turn, as a kill would, and says what it left.

    python kill_points.py WORLD FOLDER ACT STEP [ACT STEP ...]

prints a line of JSON: for every STEP-th point of each act what was found afterwards. Each is a fork
of this process, ended by `os._exit` when the n-th file is opened for writing, renamed, removed or
made.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.stores.store import open_store
from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.records.run_info import Origin
from idc_core.runs import ledger, seal
from idc_core.runs.run import UNLABELLED, open_run
from idc_core.score.save_as_run import finish_interrupted, save_as_run

WRITES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.link"}
MOST = 400


def prepare(world: Path, root: Path) -> None:
    shutil.copytree(world / "models" / "small", root / "models" / "small")
    shutil.copytree(world / "data" / "tiny", root / "data" / "tiny")
    seal.write(root / "models" / "small")


def replace_by_import(world: Path, root: Path) -> None:
    import_predictions(
        world / "theirs.csv",
        root / "models" / "small",
        split_choice=SplitChoice(validation=0.5),
        overwrite=True,
    )


def keep_as_a_run(world: Path, root: Path) -> None:
    rows = pd.DataFrame(
        {
            "patient": "a slide",
            "x": [1, 51, 101],
            "y": 1,
            "label": UNLABELLED,
            "score": np.float32([0.1, 0.5, 0.9]),
        }
    )
    save_as_run(
        "kept",
        open_run(world / "models" / "small"),
        rows,
        np.full((3, 50, 50, 3), 7, np.uint8),
        Origin(kind="slide"),
        data=root / "data",
        models=root / "models",
    )


def judge_again(world: Path, root: Path) -> None:
    write_evaluation(open_run(root / "models" / "small"))


def lock(world: Path, root: Path) -> None:
    run = open_run(root / "models" / "small")
    ledger.lock(run, run.predictions(), rule="f1", name="n", reason="r")


def keep_a_map(world: Path, root: Path) -> None:
    run = open_run(root / "models" / "small")
    recalibration.save(run, recalibration.ScoreMap("temperature", {"temperature": 1.5}))


def what_of_the_run(world: Path, root: Path) -> str:
    """The old run whole, the new one whole, or what does not fit."""
    run = root / "models" / "small"
    if not (run / "run.json").is_file():
        return "no run"
    broken = seal.differences(run) or ([] if seal.read(run) else ["no seal"])
    if broken:
        return broken[0]
    opened = open_run(run)
    old = (world / "models" / "small" / "predictions.parquet").read_bytes()
    is_old = (run / "predictions.parquet").read_bytes() == old
    if is_old != (opened.status == "finished") or is_old != (run / "history.csv").is_file():
        return "a mixture"
    if not is_old and len(list((root / "models" / ".replaced").glob("*/looks.jsonl"))) != 1:
        # put aside by whoever writes next, from where the exchange left it
        left = root / "models" / ".small.part" / "small" / "looks.jsonl"
        return "new" if left.is_file() else "the old run's looks are lost"
    return "old" if is_old else "new"


def what_was_kept(world: Path, root: Path) -> str:
    finish_interrupted(root / "data", root / "models")
    store, run = root / "data" / "kept", root / "models" / "kept"
    if not store.exists() and not run.exists():
        return "old"
    if store.exists() != run.exists():
        return "half"
    fits = open_run(run).info.data.fingerprint == open_store(store).fingerprint
    return "new" if fits and not seal.differences(run) else "does not fit"


ACTS: dict[str, tuple[Callable[..., None], Callable[..., str]]] = {
    "import": (replace_by_import, what_of_the_run),
    "keep": (keep_as_a_run, what_was_kept),
    "evaluate": (judge_again, what_of_the_run),
    "lock": (lock, what_of_the_run),
    "calibrate": (keep_a_map, what_of_the_run),
}


def end_at(point: int) -> None:
    """From now on, end this process at its `point`-th write."""
    seen = 0

    def hook(event: str, given: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event in WRITES
        if event == "open" and isinstance(given[2], int):
            writes = bool(given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes:
            seen += 1
            if seen == point:
                os._exit(137)

    sys.addaudithook(hook)


def ended_at(world: Path, folder: Path, act: str, step: int) -> dict[int, str]:
    """What was found after the end at each point, until one is beyond the last."""
    do, found = ACTS[act]
    left = {}
    for point in range(1, MOST, step):
        root = folder / f"{act} {point}"
        prepare(world, root)
        os.environ["IDC_DATA"], os.environ["IDC_MODELS"] = str(root / "data"), str(root / "models")
        ledger.look(open_run(root / "models" / "small"), 0.4)
        child = os.fork()
        if child == 0:
            end_at(point)
            do(world, root)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, 137), f"{act} failed at point {point}"
        left[point] = found(world, root)
        shutil.rmtree(root)
        if code == 0:
            break
    return left


if __name__ == "__main__":
    world, folder, *asked = sys.argv[1:]
    steps = zip(asked[::2], map(int, asked[1::2]), strict=True)
    left = {act: ended_at(Path(world), Path(folder), act, step) for act, step in steps}
    print(json.dumps(left))
