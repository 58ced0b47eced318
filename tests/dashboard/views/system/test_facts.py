"""What an administrator reads of the server is what it is."""

import json
from datetime import UTC, datetime

import pytest

from dashboard.state.jobs import Job
from dashboard.views.system import facts
from idc_core.backup.last import Last
from idc_core.io.lock import only_one
from idc_core.jobs.job import Starter
from idc_core.jobs.queue import Queue
from tests.slow_jobs import Wait

ANN = Starter("ann", "Ann")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "ago", "old"),
    [
        ("2026-11-30T01:00:00Z", "today", False),
        ("2026-11-29T11:00:00Z", "1 day ago", False),
        ("2026-11-23T12:00:00Z", "7 days ago", False),
        ("2026-11-23T11:59:00Z", "7 days ago", True),
        ("2026-12-01T00:00:00Z", "today", False),  # of a machine whose clock is ahead
    ],
)
def test_a_backup_is_told_by_its_age_and_what_it_holds(made, ago, old):
    found = Last(made=made, runs=2, files=31, rows=1)
    assert facts.backup(found, NOW) == (
        f"Last backup: {ago} ({made}), 2 runs, 31 files, 1 row of reviews.",
        old,
    )


def test_without_a_backup_the_command_is_named():
    said, old = facts.backup(None, NOW)
    assert old
    assert said.endswith("python train_cli.py backup --out FILE.zip")


def test_work_is_told_by_what_became_of_it():
    stopped = Job("3", "channels", run="demo", done=2, of=9)
    stopped.stop.set()
    jobs = [
        stopped,
        Job("2", "cut", refused="expected a slide", ended=True),
        Job("1", "score", run="ours", doing="Reading slides", done=3, of=4),
    ]
    assert facts.work(jobs)["state"].tolist() == [
        "stopped",
        "refused: expected a slide",
        "Reading slides",
    ]
    assert facts.work(jobs)["of"].tolist()[::2] == [9, 4]
    assert facts.work(jobs)["of"].isna().tolist() == [False, True, False]


def test_work_of_the_queue_says_who_began_it_and_that_a_worker_is_missing(tmp_path):
    queue = Queue(tmp_path / "jobs")
    jobs = [queue.start("score_slide", name, Wait(), run="small", by=ANN) for name in "abc"]
    queue.table.begin(jobs[0].id)
    queue.table.finish(jobs[0].id, "refused", "expected tissue.")
    queue.table.begin(jobs[1].id)
    queue.table.tell(jobs[1].id, "score", 3, 9)
    table = facts.queued(queue.all(), worker=True)
    assert table["of"].tolist() == ["c", "b", "a"]
    assert table["state"].tolist() == ["waiting for its turn", "score", "refused: expected tissue."]
    assert table["work"].tolist() == ["Score a slide"] * 3
    assert table["started by"].tolist() == ["Ann"] * 3
    assert (table["done"][1], table["of all"][1]) == (3, 9)
    said = facts.queued(queue.all(), worker=False)["state"].tolist()
    assert said[1] == "interrupted: no worker is running"
    assert said[::2] == table["state"].tolist()[::2]


def test_a_training_that_a_process_does_now_is_listed(tmp_path):
    runs = [tmp_path / "going", tmp_path / "gone"]
    for run in runs:
        (run / "checkpoint").mkdir(parents=True)
        told = {"stage": "train", "epoch": 2, "epochs": 9}
        (run / "checkpoint" / "progress.json").write_text(json.dumps(told))
    with only_one(runs[0] / "checkpoint" / "lock", "training"):
        table = facts.trainings(runs)
    assert table[["of", "state", "done", "of all"]].to_numpy().tolist() == [
        ["going", "training", 2, 9]
    ]


def test_disks_are_those_of_runs_and_stores(tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "runs"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "gone"))
    usage = facts.shutil.disk_usage(tmp_path)._replace(free=1_260_000_000, total=8_000_000_000)
    monkeypatch.setattr(facts.shutil, "disk_usage", lambda root: usage)
    assert facts.disks().to_numpy().tolist() == [["runs", 1.3, 8.0]]
