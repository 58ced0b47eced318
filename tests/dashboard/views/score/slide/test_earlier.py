"""A slide that was scored is found again by a browser that was closed, and by no other's."""

import pytest

from dashboard.state.queue import queue
from dashboard.state.reach import REACH
from tests.dashboard.views.score.slide.test_page import scored, until


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody else reaches this server."""
    monkeypatch.setattr(REACH, "others", False)


KIND = "score_slide"


def shown(page):
    return "with tissue predicted IDC" in page.text


def test_another_session_finds_the_slide_that_was_scored(own_run, app):
    first = until(scored(app), shown)
    again = app(threshold="0.5").open("score/slide")
    assert not again.failed
    assert shown(again)
    assert again.query["job"] == first.query["job"]


def test_another_session_finds_the_slide_that_is_being_scored(own_run, app, monkeypatch):
    scored(app)
    [job] = queue().of(KIND)
    again = until(app(threshold="0.5").open("score/slide"), shown)
    assert again.query["job"] == job.id


def test_slides_of_other_runs_and_earlier_ones_are_in_a_list(own_run, app):
    until(scored(app, "one.png"), shown)
    page = until(scored(app, "two.png"), lambda page: shown(page) and "two" in page.text)
    box = page.at.selectbox(key="earlier_slide")
    assert box.options == ["one.png · small · scored"]
    newest, before = queue().of(KIND)
    assert page.query["job"] == newest.id
    box.select_index(0).run()
    assert page.query["job"] == before.id
    assert "one\\.png" in page.text
    assert page.at.selectbox(key="earlier_slide").options == ["two.png · small · scored"]


def test_a_slide_is_never_shown_as_another_runs(own_run, app):
    page = until(scored(app), shown)
    number = page.query["job"]
    with queue().table._open() as connection:
        connection.execute("UPDATE job SET run = 'another'")
    page = app(threshold="0.5", job=number).open("score/slide")
    assert not shown(page)
    [option] = page.at.selectbox(key="earlier_slide").options
    assert option.endswith(" · another · scored")


def test_where_others_reach_the_server_only_the_address_finds_a_slide(own_run, app, monkeypatch):
    first = until(scored(app), shown)
    monkeypatch.setattr(REACH, "others", True)
    again = app(threshold="0.5").open("score/slide")
    assert not shown(again)
    assert not [each for each in again.at.selectbox if each.key == "earlier_slide"]
    assert shown(app(threshold="0.5", job=first.query["job"]).open("score/slide"))


def test_a_slide_that_is_gone_is_said_to_be(own_run, app):
    page = app(threshold="0.5", job="0123456789ab").open("score/slide")
    assert not page.failed
    assert "is no longer held" in page.text
    assert "job" not in page.query
