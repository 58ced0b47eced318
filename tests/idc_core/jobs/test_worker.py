"""A worker and its children as processes: ended in every way, they leave nothing half and nobody
running for ever."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.jobs import worker
from idc_core.jobs.lanes import TRAININGS, Lane
from idc_core.jobs.queue import Queue
from tests.slow_jobs import Wait, is_alive, pid_in, until, working


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path / "jobs")


@pytest.fixture
def go(tmp_path):
    """The file that lets a job go on."""
    return tmp_path / "go"


def start(queue, go, name="a", says="fine", kind="slow"):
    return queue.start(kind, name, Wait(until=str(go), says=says))


def ended(queue, job):
    return until(lambda: (found := queue.get(job.id)).ended and found, "the end")


def process_of(job):
    return until(lambda: pid_in(job), "the process of the job")


def test_jobs_are_done_in_the_order_they_came_and_inputs_go(queue, go):
    go.touch()
    folder = queue.new_folder()
    (folder / "upload.png").write_bytes(b"a slide")
    first = queue.start("slow", "first", Wait(until=str(go)), folder=folder)
    second = start(queue, go, "second", says="refused")
    with working(queue):
        done, refused = ended(queue, first), ended(queue, second)
        until(lambda: not (folder / "upload.png").exists(), "the clearing")
        assert queue.worker_is_here()
    assert (done.state, done.tries, refused.state) == ("done", 1, "refused")
    assert done.ended_at <= refused.ended_at
    assert (done.found / "said").read_text() == "done"
    assert not queue.worker_is_here()


def test_a_cancel_ends_the_process_and_leaves_nothing_and_the_next_one_is_done(queue, go):
    job, following = start(queue, go), start(queue, go.parent, "next")
    with working(queue):
        pid = process_of(job)
        queue.cancel(job.id)
        assert ended(queue, job).state == "cancelled"
        until(lambda: not is_alive(pid), "the end of the process")
        assert ended(queue, following).state == "done"
        until(lambda: not [*job.folder.iterdir()], "the clearing")
    assert queue.table.ended() == {"cancelled": 1, "done": 1}


def test_after_a_kill_of_the_worker_the_job_begins_again_and_its_process_is_gone(queue, go):
    job = start(queue, go)
    with working(queue) as process:
        pid = process_of(job)
        process.kill()
        process.wait()
        until(lambda: not is_alive(pid), "the end of the process")
        assert queue.get(job.id).state == "running"  # nobody could say otherwise
    with working(queue):
        until(lambda: queue.get(job.id).tries == 2, "the second try")
        go.touch()
        assert ended(queue, job).state == "done"
    assert (job.found / "said").read_text() == "fine"


def test_what_ended_its_worker_twice_is_not_tried_a_third_time(queue, go):
    job = start(queue, go)
    queue.table.begin(job.id)
    queue.table.put_back(job.id, "", counts=True)
    queue.table.begin(job.id)
    with working(queue):
        found = ended(queue, job)
    assert found.state == "failed"
    assert found.sentence.startswith("the worker ended 2 times while it did this")


def test_a_worker_that_is_asked_to_end_puts_its_job_back_and_leaves_no_process(queue, go):
    job = start(queue, go)
    with working(queue) as process:
        pid = process_of(job)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert not is_alive(pid)
    found = queue.get(job.id)
    assert (found.state, found.tries) == ("waiting", 0)
    assert not (job.folder / "found.part").exists()
    go.touch()
    with working(queue):
        assert ended(queue, job).state == "done"


def test_a_process_that_the_system_ends_is_said_and_the_worker_goes_on(queue, go):
    job, following = start(queue, go), start(queue, go.parent, "next")
    with working(queue):
        os.kill(process_of(job), signal.SIGKILL)
        found = ended(queue, job)
        assert ended(queue, following).state == "done"
    assert found.state == "failed"
    assert found.sentence.startswith("the process that did this ended unexpectedly (exit -9)")


def test_a_job_that_was_taken_from_the_line_and_not_begun_is_put_there_again(queue, go):
    go.touch()
    job = start(queue, go)
    connection = sqlite3.connect(queue.table.file)
    with connection:
        assert connection.execute("DELETE FROM task").rowcount == 1
    connection.close()
    with working(queue):
        assert ended(queue, job).state == "done"


def test_a_training_holds_up_no_other_job_but_the_next_training(queue, go, tmp_path):
    now = tmp_path / "now"
    now.touch()
    first, second = (start(queue, go, name, kind="slow_training") for name in ("first", "second"))
    with working(queue):
        process_of(first)
        jobs = [start(queue, now, name) for name in ("a", "b")]
        assert [ended(queue, job).state for job in jobs] == ["done", "done"]
        assert (queue.get(first.id).state, queue.get(second.id).state) == ("running", "waiting")
        go.touch()
        done = [ended(queue, job) for job in (first, second)]
    assert [each.state for each in done] == ["done", "done"]
    usual, training = ((job.found / "nice").read_text() for job in (jobs[0], first))
    assert int(training) == min(19, int(usual) + TRAININGS.nice)


def test_after_a_kill_of_the_worker_the_jobs_of_both_lanes_begin_again(queue, go):
    jobs = [start(queue, go, kind=kind) for kind in ("slow", "slow_training")]
    with working(queue) as process:
        for job in jobs:
            process_of(job)
        process.kill()
        process.wait()
    with working(queue):
        for job in jobs:
            until(lambda job=job: queue.get(job.id).tries == 2, "the second try")
        go.touch()
        assert [ended(queue, job).state for job in jobs] == ["done", "done"]


def test_a_process_that_was_asked_to_end_by_another_way_was_cancelled_and_is_no_failure(queue, go):
    go.touch()
    job = start(queue, go, says="stopped")
    with working(queue):
        assert ended(queue, job).state == "cancelled"


def test_of_a_training_that_broke_off_it_is_said_what_is_kept(queue, go):
    job = start(queue, go, kind="slow_training")
    with working(queue):
        os.kill(process_of(job), signal.SIGKILL)
        assert ended(queue, job).sentence.endswith("want of memory. What was waited is kept.")


def test_a_process_that_does_not_end_when_asked_to_is_killed_after_a_while(queue, monkeypatch):
    monkeypatch.setattr(worker, "lane_of", lambda kind: Lane("slow", patience=0.3))
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    job = queue.start("slow", "a", Wait())
    queue.table.begin(job.id)
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        queue.table.ask_to_stop(job.id)
        worker.Runner(queue)._await(child, job.id)
    assert child.returncode == -signal.SIGKILL


def test_a_second_worker_is_refused_in_a_sentence(queue):
    with working(queue):
        second = subprocess.run(
            [sys.executable, "train_cli.py", "worker"],
            cwd=REPOSITORY,
            env=os.environ | {"IDC_JOBS": str(queue.root)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 2
    assert "is working the queue off there" in " ".join(second.stderr.split())
