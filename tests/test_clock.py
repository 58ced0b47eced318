"""Times are UTC wherever the machine stands, and a clock that jumps changes nothing that counts."""

import ast
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from idc_core.io import provenance
from idc_core.reviews import log, open_reviews
from tests.idc_core.reviews.test_log import verdict

ROOT = Path(__file__).resolve().parents[1]
BY_THE_WALL = {
    ("dashboard/access/identity.py", "time.time"),
    ("dashboard/access/now.py", "time.time"),
    ("dashboard/views/training/live_training.py", "time.time"),
    ("idc_core/io/progress.py", "time.time"),
    ("idc_core/runs/trackers.py", "time.time"),
}
"""When somebody signed in, as their cookie says; how old another process's news is; when a number
was logged. Nothing else asks the wall."""


@pytest.fixture
def far_east(monkeypatch):
    """Fourteen hours before UTC."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("now", [provenance.now, log.now])
def test_a_time_is_utc_and_says_so(far_east, now):
    assert time.localtime().tm_gmtoff == 14 * 3600
    found = datetime.fromisoformat(now())
    assert found.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - found) < timedelta(minutes=1)


def test_the_verdict_that_came_last_stands_though_the_clock_was_set_back(tmp_path, monkeypatch):
    reviews = open_reviews(tmp_path / "reviews.sqlite")
    for said, at in (("idc", "2026-06-01T12:00:00+00:00"), ("no_idc", "2026-05-01T12:00:00+00:00")):
        monkeypatch.setattr(log, "now", lambda at=at: at)
        reviews.record([verdict(verdict=said)])
    assert reviews.history("d1")["verdict"].tolist() == ["idc", "no_idc"]
    assert reviews.standing("d1")["verdict"].tolist() == ["no_idc"]


def clocks(source):
    """Calls of a clock that a person may set; `datetime.now(UTC)` is a time and no duration."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {"time.time", "time.time_ns", "datetime.utcnow", "datetime.today"}:
                yield name
            if name.endswith("datetime.now") and [ast.unparse(each) for each in node.args] != [
                "UTC"
            ]:
                yield name


def test_durations_are_measured_by_a_clock_that_nobody_sets():
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for room in ("idc_core", "dashboard")
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
        for name in clocks(path.read_text())
    }
    assert found == BY_THE_WALL


def test_the_search_finds_each_clock():
    source = "time.time()\ndatetime.now()\ndatetime.now(UTC)\ntime.monotonic()\ndatetime.utcnow()"
    assert sorted(clocks(source)) == ["datetime.now", "datetime.utcnow", "time.time"]
