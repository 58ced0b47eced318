"""An event is one line; an internal error is found by the mark that the user was told."""

import io
import json
import logging

import pytest

from dashboard.server import logs


@pytest.fixture
def log():
    found = logging.getLogger("idc_review")
    before = (found.handlers, found.propagate, found.level)
    yield found
    found.handlers, found.propagate = before[0], before[1]
    found.setLevel(before[2])


def test_a_line_of_json_has_time_level_message_and_mark(log):
    written = io.StringIO()
    logs.begin("json", written)
    log.warning("page %s failed, mark %s", "Patients", "12ab", extra={"mark": "12ab"})
    (line,) = written.getvalue().splitlines()
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "WARNING",
        "message": "page Patients failed, mark 12ab",
        "mark": "12ab",
    }


def test_a_traceback_stays_in_the_line_of_its_error(log):
    written = io.StringIO()
    logs.begin("json", written)
    try:
        raise ZeroDivisionError("no patches")
    except ZeroDivisionError:
        log.exception("failed")
    (line,) = written.getvalue().splitlines()
    assert "ZeroDivisionError: no patches" in json.loads(line)["exc_info"]


def test_a_line_of_text_is_for_people(log):
    written = io.StringIO()
    logs.begin("text", written)
    log.info("job %s stopped", "a1")
    assert written.getvalue().endswith(" INFO job a1 stopped\n")
    logs.begin("text", written)  # again: an event is not written twice
    log.info("once")
    assert written.getvalue().count("once") == 1
