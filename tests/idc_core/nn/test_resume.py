"""A run that is killed and resumed is the run that was never killed."""

import json
import random
import re
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io import progress
from idc_core.runs.run import open_run
from idc_core.train import tracked_patches
from tests.idc_core.nn.children import (
    Child,
    train_out_of_memory,
    train_small,
    train_without_room,
)


def start(folder: Path, store: PatchStore, resume: bool, *, whole_network: bool = False) -> Child:
    return Child(train_small, folder, store.path, resume, whole_network)


def run_until(child: Child, batches: int, number: int) -> list[str]:
    """Let it train so many batches, then send the signal; everything it said."""
    said: list[str] = []
    for line in child.messages():
        said.append(line)
        batches -= line.startswith("train")
        if batches == 0:
            child.send_signal(number)
            batches = -1
    return said


@pytest.fixture(scope="module")
def whole(store_in: Callable[[Path], PatchStore], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nothing ended early, which the others are held against; only read."""
    root = tmp_path_factory.mktemp("whole")
    said = run_until(start(root / "whole", store_in(root), resume=False), -1, signal.SIGKILL)
    assert said[-1] == "finished"
    return root / "whole"


def same_arrays(first: Path, second: Path) -> bool:
    import keras

    both = [keras.saving.load_model(run / "model.keras").get_weights() for run in (first, second)]
    return all(np.array_equal(a, b) for a, b in zip(*both, strict=True))


@pytest.mark.long  # `tests/faults` kills trainings in every run of the tests
def test_a_run_killed_at_random_batches_ends_as_if_never_killed(
    whole: Path, small_store: PatchStore, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    draw = random.Random()
    batches = [draw.randint(2, 9), draw.randint(2, 9)]
    run_until(start(killed, small_store, resume=False), batches[0], signal.SIGKILL)
    assert open_run(killed).status == "training"
    run_until(start(killed, small_store, resume=True), batches[1], signal.SIGKILL)
    run_until(start(killed, small_store, resume=True), -1, signal.SIGKILL)

    expected, found = open_run(whole), open_run(killed)
    assert expected.status == found.status == "finished", batches
    pd.testing.assert_frame_equal(
        expected.history().drop(columns="seconds"),
        found.history().drop(columns="seconds"),
        check_exact=True,
        obj=f"history after kills at {batches}",
    )
    kinds = [
        [(event.epoch, event.kind) for event in run.events() if event.kind != "resume"]
        for run in (expected, found)
    ]
    assert kinds[0] == kinds[1], batches
    assert found.info.best_epoch == expected.info.best_epoch
    assert same_arrays(whole, killed), batches
    pd.testing.assert_frame_equal(expected.predictions(), found.predictions(), check_exact=True)


@pytest.mark.slow
def test_a_training_on_a_full_disk_says_so_and_goes_on_where_there_is_room(
    whole: Path, small_store: PatchStore, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    *_, ended = Child(train_without_room, full, small_store.path, "train 2 7").messages()
    assert ended.startswith("SystemRefused: the system refused to write ")
    # Where a batch takes long, how far it is is written before the next checkpoint.
    assert re.search(r"/full/checkpoint/(state\.npz|progress\.json): File too large", ended)
    assert run_until(start(full, small_store, resume=True), -1, signal.SIGKILL)[-1] == "finished"
    expected, found = open_run(whole), open_run(full)
    pd.testing.assert_frame_equal(
        expected.history().drop(columns="seconds"), found.history().drop(columns="seconds")
    )
    assert same_arrays(whole, full)
    pd.testing.assert_frame_equal(expected.predictions(), found.predictions(), check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("what", [pytest.param("numpy", marks=pytest.mark.long), "tensorflow"])
def test_a_training_that_runs_out_of_memory_says_so_and_goes_on_as_if_it_never_had(
    whole: Path, small_store: PatchStore, tmp_path: Path, what: str
) -> None:
    full = tmp_path / "full"
    *_, ended = Child(train_out_of_memory, full, small_store.path, "train 2 7", what).messages()
    assert ended == (
        "OutOfMemory: expected more memory for training full: the system gave no more. End other "
        "programs and go on from its last checkpoint: python train_cli.py train --run full "
        "--resume; or train under another name with a smaller --batch-size."
    )
    assert open_run(full).status == "interrupted"
    assert run_until(start(full, small_store, resume=True), -1, signal.SIGKILL)[-1] == "finished"
    assert same_arrays(whole, full)
    expected, found = open_run(whole), open_run(full)
    pd.testing.assert_frame_equal(expected.predictions(), found.predictions(), check_exact=True)


@pytest.mark.slow
def test_a_stop_asked_by_another_process_is_clean_and_goes_on(
    small_store: PatchStore, tmp_path: Path
) -> None:
    run = tmp_path / "asked"
    said: list[str] = []
    for line in start(run, small_store, resume=False).messages():
        said.append(line)
        if line.startswith("train 2 3"):
            progress.ask_to_stop(run)
    assert said[-1] == "interrupted"
    assert open_run(run).events()[-1].kind == "stop"
    assert not progress.is_asked_to_stop(run)
    assert run_until(start(run, small_store, resume=True), -1, signal.SIGKILL)[-1] == "finished"
    found = open_run(run)
    assert found.history()["epoch"].tolist() == [1, 2, 3, 4]
    scores = tracked_patches.read_tracked(run)
    assert scores is not None
    assert scores.scores.shape == (4, 32)
    assert np.isfinite(scores.scores).all()


@pytest.mark.slow
def test_a_polite_stop_saves_the_batch_it_is_in(small_store: PatchStore, tmp_path: Path) -> None:
    run = tmp_path / "stopped"
    started = start(run, small_store, resume=False, whole_network=True)
    said = run_until(started, 5, signal.SIGTERM)
    assert said[-1] == "interrupted"
    assert json.loads((run / "run.json").read_text())["status"] == "interrupted"
    with np.load(run / "checkpoint" / "state.npz") as content:
        state = json.loads(content["state"].tobytes())
    trained = sum(line.startswith("train") for line in said)
    assert state["epoch"] * 8 + state["batch"] == trained
