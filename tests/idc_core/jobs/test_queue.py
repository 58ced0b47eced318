"""The queue as a page asks it: nothing here works it off."""

import json
import sqlite3
import threading

import pytest

from idc_core.io.lock import only_one
from idc_core.jobs.job import Starter
from idc_core.jobs.lanes import TRAININGS, USUAL
from idc_core.jobs.line import AsJson, line, waiting
from idc_core.jobs.queue import FILE, KEPT, WORKER_LOCK, Queue, whereabouts
from tests.slow_jobs import Wait

ANN, BEN = Starter("ann", "Ann"), Starter("ben", "Ben")


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path / "jobs")


def start(queue, name="a", **more):
    return queue.start("slow", name, Wait(), **more)


def in_line(queue, lane=USUAL):
    huey, _ = line(queue.root / FILE, lane, print)
    try:
        return waiting(huey)
    finally:
        huey.storage.close()


def test_to_look_makes_no_file(queue):
    assert (queue.get("x"), queue.all(), queue.worker_is_here()) == (None, [], False)
    queue.cancel("x")
    assert not queue.root.exists()


def test_what_is_started_waits_in_line_and_says_who_wants_what(queue):
    job = start(queue, run="small", by=ANN)
    again = Queue(queue.root).get(job.id)
    assert again == job
    assert (again.kind, again.name, again.run, again.by) == ("slow", "a", "small", ANN)
    assert (again.state, again.ended, again.tries) == ("waiting", False, 0)
    assert in_line(queue) == {job.id}
    assert queue.table.under_way() == {"waiting": 1, "running": 0}


def test_a_second_for_the_same_joins_the_first(queue):
    first = start(queue, by=ANN)
    assert start(queue, by=BEN) == first
    assert in_line(queue) == {first.id}
    assert [each.name for each in queue.root.iterdir() if each.is_dir()] == [first.id]


def test_another_name_run_or_wish_is_another(queue):
    found = {
        start(queue).id,
        start(queue, "b").id,
        start(queue, run="r").id,
        start(queue, same="s").id,
        queue.start("slow", "a", Wait(says="x")).id,
    }
    assert len(found) == 5
    assert start(queue, same="s").id in found


def test_what_has_ended_is_not_joined(queue):
    first = start(queue)
    queue.table.begin(first.id)
    queue.table.finish(first.id, "done")
    assert start(queue).id != first.id


def test_of_many_who_start_the_same_at_once_one_does(queue):
    start(queue, "before")  # the file is there
    found = []
    threads = [threading.Thread(target=lambda: found.append(start(queue).id)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(found), len(set(found))) == (8, 1)


def test_a_job_that_waits_is_cancelled_at_once_and_counted(queue):
    job = start(queue)
    queue.cancel(job.id)
    assert queue.get(job.id).state == "cancelled"
    assert not job.folder.exists()
    assert queue.table.ended() == {"cancelled": 1}
    queue.cancel(job.id)
    assert queue.table.ended() == {"cancelled": 1}


def test_one_that_ran_when_its_worker_ended_is_cancelled_at_once_too(queue):
    job = start(queue)
    queue.table.begin(job.id)
    queue.cancel(job.id)
    assert queue.get(job.id).state == "cancelled"


def test_one_that_runs_is_asked_to_stop(queue):
    job = start(queue)
    queue.table.begin(job.id)
    with only_one(queue.root / WORKER_LOCK, "working"):
        queue.cancel(job.id)
    assert (queue.get(job.id).state, queue.get(job.id).stopping) == ("running", True)


def test_without_a_worker_a_sentence_says_so_with_the_command(queue):
    job = start(queue)
    said = whereabouts(job, worker=False)
    assert said.startswith("No worker is running, so this waits")
    assert said.endswith("start one with `python train_cli.py worker`.")
    queue.table.begin(job.id)
    said = whereabouts(queue.get(job.id), worker=False)
    assert said.startswith("The worker ended while this ran. Nothing is lost")
    assert whereabouts(queue.get(job.id), worker=True) == ""


def test_of_each_starter_the_last_few_that_ended_are_kept_and_what_waits_always_is(queue):
    theirs = start(queue, "theirs", by=BEN)
    queue.cancel(theirs.id)
    ended = [start(queue, str(at)) for at in range(KEPT + 2)]
    for each in ended:
        queue.table.begin(each.id)
        queue.table.finish(each.id, "done")
    new = [start(queue, "new"), start(queue, "newer")]
    kept = [each.id for each in queue.all()]
    assert kept == [
        *(new[1].id, new[0].id),
        *(each.id for each in reversed(ended[-KEPT + 1 :])),
        theirs.id,
    ]
    assert [each.folder.is_dir() for each in ended] == [False] * 3 + [True] * (KEPT - 1)


def test_what_waits_knows_what_is_done_before_it(queue):
    first, second, third = (start(queue, name) for name in "abc")
    queue.table.begin(first.id)
    assert [each.name for each in queue.ahead(third)] == ["a", "b"]
    assert queue.ahead(queue.get(first.id)) == []
    queue.cancel(second.id)
    assert [each.name for each in queue.ahead(third)] == ["a"]


def test_each_lane_has_its_own_line_and_nobody_waits_for_the_other(queue):
    hours, job = queue.start("slow_training", "hours", Wait()), start(queue)
    assert (in_line(queue), in_line(queue, TRAININGS)) == ({job.id}, {hours.id})
    assert (queue.ahead(job), queue.ahead(hours)) == ([], [])
    second = queue.start("slow_training", "second", Wait())
    assert queue.ahead(second) == [hours]


def test_of_two_who_begin_or_end_a_job_one_does(queue):
    job = start(queue)
    assert [queue.table.begin(job.id), queue.table.begin(job.id)] == [True, False]
    assert queue.table.finish(job.id, "done")
    assert not queue.table.finish(job.id, "failed")
    queue.table.tell(job.id, "late", 1, 2)
    assert (queue.get(job.id).state, queue.get(job.id).doing) == ("done", "starting")
    assert queue.table.ended() == {"done": 1}


def test_messages_are_json_and_run_no_code(queue):
    job = start(queue)
    with sqlite3.connect(queue.root / FILE) as connection:
        (data,) = connection.execute("SELECT data FROM task").fetchone()
    connection.close()
    assert job.id in str(json.loads(bytes(data)))
    with pytest.raises(ValueError, match=r"codec|JSON|Expecting"):
        AsJson().deserialize(b"\x80\x04N.")


def test_a_damaged_file_is_a_sentence(queue):
    start(queue)
    for each in queue.root.glob(f"{FILE}*"):
        each.write_bytes(b"no database at all, but long enough to be one" * 40)
    with pytest.raises(ValueError, match=r"expected the queue of jobs in .*move the file away"):
        queue.all()


def test_nobody_else_of_the_machine_reads_what_is_scored(queue):
    job = start(queue)
    assert [path.stat().st_mode & 0o077 for path in (queue.root, job.folder)] == [0, 0]
