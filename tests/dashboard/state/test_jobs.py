"""Background work: told while it runs, kept when it is done, gone when it is dropped."""

import threading
import time

import pytest

from dashboard.state.jobs import KEPT, Jobs
from idc_core.io.refusal import Refusal


@pytest.fixture
def jobs():
    made = Jobs()
    yield made
    for number in list(made._known):
        made.drop(number)


def wait(job):
    for _ in range(500):
        if job.ended:
            return job
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def test_the_result_stays_with_the_job(jobs):
    job = wait(jobs.start("sum", lambda job: 1 + 1))
    assert (job.result, job.refused) == (2, "")
    assert jobs.get(job.id) is job
    assert jobs.get("another") is None
    assert jobs.get(None) is None


def test_how_far_it_is_can_be_read_meanwhile(jobs):
    go, told = threading.Event(), threading.Event()

    def work(job):
        job.tell("counting", 3, 10)
        told.set()
        go.wait(5)
        return True

    job = jobs.start("slow", work)
    assert told.wait(5)
    assert (job.doing, job.done, job.of, job.ended) == ("counting", 3, 10, False)
    go.set()
    assert wait(job).result is True


def test_one_at_a_time_in_the_order_they_came(jobs):
    order = []
    made = [jobs.start(str(at), lambda job, at=at: order.append(at)) for at in range(3)]
    for job in made:
        wait(job)
    assert order == [0, 1, 2]


def test_a_refusal_is_its_sentence_and_an_error_of_ours_is_said_to_be_one(jobs):
    def refuse(job):
        raise Refusal("expected something else.")

    assert wait(jobs.start("refuses", refuse)).refused == "expected something else."
    failed = wait(jobs.start("fails", lambda job: 1 / 0))
    assert "internal error (ZeroDivisionError)" in failed.refused
    assert wait(jobs.start("next", lambda job: "fine")).result == "fine"


def test_what_a_dropped_job_left_is_deleted(jobs):
    def work(job):
        (job.folder() / "file").write_text("left")
        return job.folder()

    job = wait(jobs.start("leaves", work))
    assert (job.result / "file").is_file()
    jobs.drop(job.id)
    assert not job.result.exists()
    assert jobs.get(job.id) is None


def test_a_failed_job_leaves_nothing(jobs):
    folders = []

    def work(job):
        folders.append(job.folder())
        raise Refusal("no.")

    wait(jobs.start("fails", work))
    assert not folders[0].exists()


def test_old_jobs_make_room(jobs):
    made = [wait(jobs.start(str(at), lambda job: job.folder())) for at in range(KEPT + 2)]
    assert [jobs.get(job.id) is not None for job in made] == [False] * 2 + [True] * KEPT
    assert not made[0].result.exists()
    assert made[-1].result.exists()


def test_a_stopped_job_that_waits_never_begins(jobs):
    go, begun = threading.Event(), []
    first = jobs.start("first", lambda job: go.wait(5))
    second = jobs.start("second", lambda job: begun.append(1))
    jobs.drop(second.id)
    go.set()
    wait(first)
    wait(second)
    assert begun == []


def test_jobs_of_a_kind_are_found_newest_first_and_pushed_out_by_their_own_kind_only(jobs):
    slide = wait(jobs.start("slide", lambda job: 1, what="slide", run="ours"))
    others = [wait(jobs.start(str(at), lambda job: 1)) for at in range(KEPT + 1)]
    assert jobs.get(slide.id) is slide
    assert jobs.get(others[0].id) is None
    newer = wait(jobs.start("newer", lambda job: 1, what="slide", run="ours"))
    assert jobs.of("slide") == [newer, slide]
    assert [job.run for job in jobs.of("slide")] == ["ours", "ours"]
    assert jobs.of("nothing") == []
