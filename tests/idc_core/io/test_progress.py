"""A training and its watchers talk by files."""

from pathlib import Path

import pytest

from idc_core.io import progress
from idc_core.io.lock import is_held, only_one
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal


def test_where_it_is_is_written_at_once_and_then_at_most_once_a_second(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    heard: list[int] = []
    tell = progress.followed(tmp_path, lambda progress: heard.append(progress.batch))
    for batch in range(5):
        tell(Progress("train", epoch=1, batch=batch, log={"loss": 0.5}))
    found = progress.progress_of(tmp_path)
    assert found is not None
    assert (found["batch"], found["log"]) == (0, {"loss": 0.5})
    assert heard == [0, 1, 2, 3, 4]


def test_a_run_without_progress_has_none(tmp_path: Path) -> None:
    assert progress.progress_of(tmp_path) is None
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "progress.json").write_text("{")
    assert progress.progress_of(tmp_path) is None


def test_only_a_held_lock_is_a_training(tmp_path: Path) -> None:
    assert not progress.is_training(tmp_path)
    with only_one(tmp_path / "checkpoint" / "lock", "training"):
        assert progress.is_training(tmp_path)
    assert not progress.is_training(tmp_path)


def test_looking_at_a_lock_leaves_it_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with only_one(lock, "training"):
        pass
    assert not is_held(lock)
    with only_one(lock, "training"):
        assert is_held(lock)


def test_a_stop_is_asked_for_once(tmp_path: Path) -> None:
    with only_one(tmp_path / "checkpoint" / "lock", "training"):
        assert not progress.is_asked_to_stop(tmp_path)
        progress.ask_to_stop(tmp_path)
        assert progress.is_asked_to_stop(tmp_path)
        progress.forget_stop(tmp_path)
        assert not progress.is_asked_to_stop(tmp_path)


def test_nobody_can_be_stopped_where_nobody_trains(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no process trains there.*--resume"):
        progress.ask_to_stop(tmp_path)
    assert not progress.is_asked_to_stop(tmp_path)


def test_the_status_says_whether_somebody_trains_and_whether_an_epoch_is_done(
    tmp_path: Path,
) -> None:
    run = tmp_path / "first"
    (run / "checkpoint").mkdir(parents=True)
    assert progress.status_of(run, "finished") == "finished"
    assert progress.status_of(run, None) == "unknown"
    assert progress.status_of(run, "training") == "terminated unexpectedly"
    (run / "history.csv").write_text("epoch,loss\n")
    with only_one(run / "checkpoint" / "lock", "training"):
        assert progress.status_of(run, "training") == "training, no epoch done yet"
        (run / "history.csv").write_text("epoch,loss\n1,0.5\n")
        assert progress.status_of(run, "training") == "training"
