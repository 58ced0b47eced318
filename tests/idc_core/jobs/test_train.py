"""A training as a job: of the patches asked for, continued where it was broken off, never lost.

With a training that needs no TensorFlow; the real one is killed with its worker in the last test,
and driven from its page in `browser/test_training.py`.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from types import ModuleType

import pytest

from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.jobs.child import perform
from idc_core.jobs.job import Stopped
from idc_core.jobs.kinds import TRAIN
from idc_core.jobs.train import AskedTraining, read_asked
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig, to_dict
from tests.slow_jobs import until

MOST_S = 900
"""A training stands back for whatever else the machine does."""
CONFIG = TrainConfig(epochs=3, batch_size=16)


@pytest.fixture
def data(root):
    return read_json(root / "data" / "tiny" / "manifest.json")["fingerprint"]


class Trainings(list):
    """What was trained: (run, resumed). `how`: what the next ends with."""

    how = "finished"


@pytest.fixture
def trained(root, data, monkeypatch):
    """A training that writes `run.json`, says how far it is, and ends as it is told to."""
    found = Trainings()

    def train(config, folder, store, *, resume, progress):
        found.append((folder.name, resume))
        started = "2099-01-01T00:00:00Z"
        info = {"config": to_dict(config), "data": {"name": "tiny", "fingerprint": data}}
        if not resume:
            folder.mkdir()
            write_json(
                folder / "run.json", info | {"status": "training", "started": started, "id": "new"}
            )
        progress(Progress("train", 2, config.epochs, 3, 4))
        if found.how == "a signal":
            raise Stopped
        write_json(folder / "run.json", read_json(folder / "run.json") | {"status": found.how})
        return open_run(folder)

    stand_in = ModuleType("idc_core.nn.training")
    stand_in.train = train
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    return found


def asked(queue, data, name="new", **more):
    told = AskedTraining(store="tiny", config=to_dict(CONFIG), data=data)
    return queue.start(TRAIN.key, name, told, run=name, same=name, **more)


def continued(queue, data, number):
    told = AskedTraining(data=data, continues=True, id=number)
    return queue.start(TRAIN.key, "new", told, run="new", same="new")


def done(queue, job):
    queue.table.begin(job.id)
    perform(queue.get(job.id), queue.table)
    return queue.get(job.id)


def test_it_trains_a_new_run_with_the_settings_asked_for_and_says_how_far_it_is(
    root, queue, data, trained
):
    job = done(queue, asked(queue, data))
    assert (job.state, job.sentence) == ("done", "")
    assert trained == [("new", False)]
    assert (job.doing, job.done, job.of) == ("epoch 2 of 3, batches", 3, 4)
    assert read_json(root / "models" / "new" / "run.json")["config"] == to_dict(CONFIG)


def test_patches_that_were_replaced_since_are_refused(queue, data, trained):
    job = done(queue, asked(queue, "0" * 64))
    assert job.state == "refused"
    assert "expected the patches that tiny had when this was asked for" in job.sentence
    assert trained == []


def test_a_name_that_was_taken_meanwhile_is_refused_and_the_other_run_stays(
    root, queue, data, trained
):
    job = asked(queue, data, "small")
    before = (root / "models" / "small" / "run.json").read_bytes()
    job = done(queue, job)
    assert job.state == "refused"
    assert "a run called small is there already" in job.sentence
    assert (root / "models" / "small" / "run.json").read_bytes() == before


def test_what_a_worker_that_ended_left_is_continued_and_not_begun_anew(queue, data, trained):
    trained.how = "interrupted"
    job = asked(queue, data)
    with pytest.raises(Stopped):
        done(queue, job)
    assert queue.get(job.id).state == "running"  # the worker says what becomes of it
    queue.table.put_back(job.id, "", counts=True)
    trained.how = "finished"
    assert done(queue, job).state == "done"
    assert trained == [("new", False), ("new", True)]


def test_a_run_of_that_name_with_other_settings_is_nobodys_to_continue(root, queue, data, trained):
    job = asked(queue, data)
    shutil.copytree(root / "models" / "small", root / "models" / "new")
    file = root / "models" / "new" / "run.json"
    other = {"config": to_dict(TrainConfig(epochs=9)), "started": "2099-01-01T00:00:00Z"}
    write_json(file, read_json(file) | other)
    assert done(queue, job).state == "refused"
    assert trained == []


def test_stopped_outside_its_batches_it_is_interrupted_and_sealed_as_that(
    root, queue, data, trained
):
    trained.how = "a signal"
    with pytest.raises(Stopped):
        done(queue, asked(queue, data))
    run = open_run(root / "models" / "new")
    assert run.status == "interrupted"
    assert (run.path / "seal.json").is_file()


def test_a_training_that_was_stopped_is_continued_on_its_own_data_and_settings(
    root, queue, data, trained
):
    trained.how = "interrupted"
    with pytest.raises(Stopped):
        done(queue, first := asked(queue, data))
    queue.table.finish(first.id, "cancelled")
    trained.how = "finished"
    job = done(queue, continued(queue, data, "new"))
    assert (job.state, job.sentence) == ("done", "")
    assert trained == [("new", False), ("new", True)]
    assert open_run(root / "models" / "new").status == "finished"


def test_another_run_of_the_same_name_is_not_continued(root, queue, data, trained):
    shutil.copytree(root / "models" / "small", root / "models" / "new")
    job = done(queue, continued(queue, data, "another"))
    assert job.state == "refused"
    assert "another has that name now" in job.sentence
    assert trained == []


def test_a_run_that_no_training_was_stopped_of_is_not_continued(root, queue, data, trained):
    shutil.copytree(root / "models" / "small", root / "models" / "new")
    file = root / "models" / "new" / "run.json"
    write_json(file, read_json(file) | {"status": "imported"})
    number = read_json(file).get("id", "")
    job = done(queue, continued(queue, data, number))
    assert (job.state, job.sentence) == (
        "refused",
        "expected a training that was stopped: new has status imported.",
    )


def test_a_refusal_of_the_training_is_what_is_said(queue, data, trained, monkeypatch):
    def refuses(*_, **__):
        raise Refusal("expected room on the disk: there is none.")

    monkeypatch.setattr(sys.modules["idc_core.nn.training"], "train", refuses)
    job = done(queue, asked(queue, data))
    assert (job.state, job.sentence) == ("refused", "expected room on the disk: there is none.")


def test_what_failed_says_that_the_run_is_kept(queue, data, trained, monkeypatch):
    monkeypatch.setattr(sys.modules["idc_core.nn.training"], "train", lambda *_, **__: 1 / 0)
    assert done(queue, asked(queue, data)).sentence == (
        "this work hit an internal error (ZeroDivisionError). What was trained up to the last "
        "checkpoint is kept: continue it on the page Training."
    )


def test_asked_for_twice_it_is_one_job_and_other_settings_are_told_apart(queue, data):
    first = asked(queue, data)
    assert asked(queue, data) == first
    other = AskedTraining(store="tiny", config=to_dict(TrainConfig()), data=data)
    joined = queue.start(TRAIN.key, "new", other, run="new", same="new")
    assert joined.id == first.id
    assert read_asked(joined) != other


@contextmanager
def worker_over(queue):
    """The real one, which is killed in the end; models and data are in the environment."""
    words = [sys.executable, str(REPOSITORY / "train_cli.py"), "worker"]
    process = subprocess.Popen(words, env=os.environ | {"IDC_JOBS": str(queue.root)})
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.long
def test_a_training_whose_worker_is_killed_goes_on_where_it_was(root, queue, data):
    config = TrainConfig(epochs=12, batch_size=16, stop_patience=0)
    told = AskedTraining(store="tiny", config=to_dict(config), data=data)
    job = queue.start(TRAIN.key, "new", told, run="new", same="new")
    history = root / "models" / "new" / "history.csv"
    with worker_over(queue):
        until(history.is_file, "the first epoch", MOST_S)
    with worker_over(queue):
        ended = until(lambda: (now := queue.get(job.id)).ended and now, "the end", MOST_S)
    assert (ended.state, ended.tries) == ("done", 2)
    run = open_run(root / "models" / "new")
    assert run.status == "finished"
    assert run.history()["epoch"].tolist() == [*range(1, 13)]
    assert [each.kind for each in run.events()].count("resume") == 1
