"""A slide in the queue: what its page says while it waits, when it failed, and to whom."""

import shutil

import pytest

from dashboard.state.queue import queue
from dashboard.state.reach import REACH
from idc_core.io.lock import only_one
from idc_core.io.paths import REPOSITORY
from idc_core.jobs.queue import WORKER_LOCK
from tests.dashboard.views.score.slide.test_page import scored
from tests.worked_off import work_off


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(REACH, "others", False)


def warned(page):
    return "\n".join(each.value for each in page.at.warning).replace("\\", "")


def progress(page):
    return [each.proto.text for each in page.at.get("progress")]


def test_without_a_worker_it_says_so_and_nothing_is_lost(own_run, app):
    page = scored(app, "one.png")
    assert "No worker is running, so this waits, and nothing is lost" in warned(page)
    assert "python train_cli.py worker" in warned(page)
    (said,) = progress(page)
    assert said.replace("\\", "") == "one.png – waiting for its turn …"
    again = app(threshold="0.5").open("score/slide")
    assert again.query["job"] == page.query["job"]
    (job,) = queue().all()
    with only_one(queue().root / WORKER_LOCK, "working"):
        queue().table.begin(job.id)
        queue().table.tell(job.id, "score", 16, 64)
        again.at.run()
        assert "worker" not in warned(again)
        assert progress(again)[0].replace("\\", "") == "one.png – score: 16 of 64"
    again.at.run()
    assert "The worker ended while this ran. Nothing is lost" in warned(again)


def test_of_two_slides_the_second_says_that_one_is_before_it(own_run, app):
    scored(app, "one.png")
    page = scored(app, "two.png")
    (said,) = progress(page)
    assert said.replace("\\", "") == "two.png – waiting for its turn, after 1 other job"


def test_pressed_twice_it_is_scored_once(own_run, app):
    first, second = scored(app, "one.png"), scored(app, "one.png")
    assert first.query["job"] == second.query["job"]
    assert len(queue().all()) == 1


def test_a_cancel_leaves_nothing(own_run, app):
    page = scored(app, "one.png")
    (job,) = queue().all()
    assert [each.suffix for each in job.folder.iterdir()] == [".png"]
    page.at.button(key="slide_cancel").click().run()
    assert queue().get(job.id).state == "cancelled"
    assert not job.folder.exists()
    assert not progress(page)
    assert "one.png: cancelled. Nothing was kept." in page.text.replace("\\", "")
    assert work_off() == []


def test_one_that_failed_says_why_after_a_restart_too(own_run, app):
    scored(app, "one.png")
    (job,) = queue().all()
    queue().table.begin(job.id)
    queue().table.finish(job.id, "failed", "the worker ended 2 times while it did this.")
    page = app(threshold="0.5").open("score/slide")
    assert "one.png: the worker ended 2 times while it did this." in warned(page)


def test_what_another_network_found_is_not_shown_as_this_ones(own_run, app):
    page = scored(app, "one.png")
    work_off()
    page.at.run()
    assert "with tissue predicted IDC" in page.text
    other = REPOSITORY / "models" / "demo" / "model.onnx"
    shutil.copyfile(other, own_run / "model.onnx")
    page.at.run()
    assert "was scored by a network that small had before" in warned(page)
    assert "with tissue predicted IDC" not in page.text
