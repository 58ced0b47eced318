"""A supervisor learns whether the server lives and is ready, and no path of the machine."""

import logging
from functools import partial

import pytest
from starlette.applications import Starlette

from dashboard.cache import readiness
from dashboard.server import health
from dashboard.state.meter import METER
from idc_core.reviews import open_reviews
from tests.asking import get


@pytest.fixture
def asked(monkeypatch, tmp_path):
    for name in ("models", "data"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"IDC_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("IDC_REVIEWS", str(tmp_path / "reviews.sqlite"))
    return partial(get, Starlette(routes=health.routes()))


def test_a_server_that_answers_is_alive(asked):
    answer = asked("/healthz")
    assert (answer.status_code, answer.text) == (200, "alive\n")
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_ready_where_all_that_it_needs_is_there(asked):
    answer = asked("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failed": []})


@pytest.mark.parametrize("gone", ["models", "data"])
def test_it_is_not_where_a_folder_is_gone_and_only_the_log_says_which(
    asked, gone, tmp_path, caplog
):
    (tmp_path / gone).rmdir()
    with caplog.at_level(logging.WARNING, logger="idc_review"):
        answer = asked("/readyz")
    assert answer.status_code == 503
    assert gone in answer.json()["failed"]
    assert str(tmp_path) not in answer.text
    assert str(tmp_path / gone) in caplog.text


def test_it_is_not_where_the_reviews_cannot_be_read(asked, tmp_path):
    (tmp_path / "reviews.sqlite").write_bytes(b"no database at all, but long enough for one" * 9)
    assert asked("/readyz").json() == {"ready": False, "failed": ["reviews"]}


def test_it_is_not_where_they_can_be_read_no_more(asked, tmp_path, monkeypatch, free_port):
    open_reviews(tmp_path / "reviews.sqlite")
    assert asked("/readyz").json() == {"ready": True, "failed": []}
    for file in tmp_path.glob("reviews.sqlite*"):
        file.unlink()
    assert asked("/readyz").json() == {"ready": False, "failed": ["reviews"]}
    monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://a:b@127.0.0.1:{free_port}/x")
    assert asked("/readyz").json() == {"ready": False, "failed": ["reviews"]}


def test_it_is_not_where_the_disk_is_nearly_full(asked, monkeypatch):
    usage = readiness.shutil.disk_usage("/")
    few = usage._replace(free=readiness.FREE_BYTES - 1)
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda root: few)
    assert asked("/readyz").json() == {"ready": False, "failed": ["disk"]}
    assert readiness.unready()["disk"].startswith("expected 200 MB free on the disk of ")


def test_counts_are_given_as_prometheus_reads_them(asked):
    METER.failures.labels("page")
    answer = asked("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE idc_answer_seconds histogram" in answer.text
    assert 'idc_failures_total{place="page"}' in answer.text
