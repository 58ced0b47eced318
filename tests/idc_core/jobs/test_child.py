"""One job done: what it finds is there whole or not at all, and the table says how it ended."""

import pytest

from idc_core.jobs.child import perform
from idc_core.jobs.queue import Queue
from tests.slow_jobs import Wait


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path / "jobs")


def done(queue, says, begun=None):
    job = queue.start("slow", says, Wait(says=says))
    queue.table.begin(job.id)
    if begun:
        begun(job)
    perform(queue.get(job.id), queue.table)
    return queue.get(job.id)


def test_what_it_found_lies_in_its_folder(queue):
    job = done(queue, "fine")
    assert (job.state, job.sentence, job.doing) == ("done", "", "waiting for a file")
    assert (job.done, job.of, job.share) == (1, 3, pytest.approx(1 / 3))
    assert (job.found / "said").read_text() == "fine"
    assert not job.found.with_suffix(".part").exists()


def test_a_refusal_is_its_sentence(queue):
    job = done(queue, "refused")
    assert (job.state, job.sentence) == ("refused", "expected something else: this came.")
    assert not job.found.exists()
    assert not job.found.with_suffix(".part").exists()


def test_an_error_of_ours_is_said_to_be_one_and_logged_under_the_jobs_id(queue, caplog):
    job = done(queue, "failed")
    assert job.state == "failed"
    assert job.sentence == (
        "this work hit an internal error (ZeroDivisionError). Nothing was kept; start it again."
    )
    assert not job.found.exists()
    assert [each.message for each in caplog.records] == [f"job {job.id} failed"]


def test_what_a_kill_left_half_is_done_anew_and_what_is_whole_is_not(queue):
    def half(job):
        part = job.found.with_suffix(".part")
        part.mkdir()
        (part / "half").touch()

    job = done(queue, "fine", half)
    assert sorted(each.name for each in job.found.iterdir()) == ["nice", "pid", "said"]

    def whole(job):
        job.found.mkdir()
        (job.found / "said").write_text("before the kill")

    job = done(queue, "again", whole)
    assert (job.state, (job.found / "said").read_text()) == ("done", "before the kill")
