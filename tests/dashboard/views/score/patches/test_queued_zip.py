"""A zip of patches in the queue: found again by its address, and shown as it was scored."""

import pytest

from dashboard.state.queue import queue
from tests.dashboard.views.score.slide.test_page import NAMED, brought, zipped
from tests.worked_off import work_off

SAID = "patches predicted IDC"


@pytest.fixture
def data():
    return zipped([*NAMED, ("x.txt", b"no")])


def test_it_waits_and_is_found_again_without_its_upload(own_run, app, data):
    page = brought(app, data)
    (job,) = queue().all()
    assert (job.kind, job.name, job.run, job.state) == (
        *("score_zip", "patches.zip", "small"),
        "waiting",
    )
    assert "No worker is running" in page.at.warning[0].value
    page.at.run()
    assert len(queue().all()) == 1, "an upload is scored once"
    work_off()
    page.at.run()
    assert f"6 {SAID}" in page.text
    again = app(threshold="0.5", zip=page.query["zip"]).open("score/patches")
    assert f"6 {SAID}" in again.text
    assert "of 6 with a known label are correctly classified" in again.text
    assert "patches\\.zip, as it was uploaded before." in again.text
    assert "1 file not scored" in again.text
    again.at.button(key="predict_draw").click().run()
    assert "zip" not in again.query
    assert "Random sample no." in again.text


def test_a_cancel_leaves_nothing_and_one_that_is_gone_is_said_to_be(own_run, app, data):
    page = brought(app, data)
    (job,) = queue().all()
    page.at.button(key="zip_cancel").click().run()
    assert queue().get(job.id).state == "cancelled"
    assert not job.folder.exists()
    assert "cancelled. Nothing was kept." in page.text
    gone = app(threshold="0.5", zip="0123456789ab").open("score/patches")
    assert "is no longer held" in gone.text
    assert "zip" not in gone.query
