"""What a server counts of itself is what happened, and names nobody."""

import threading

import pytest

from dashboard.state import jobs, meter, streamlit_inside
from dashboard.state.meter import Meter
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.jobs.queue import WORKER_LOCK, Queue
from tests.slow_jobs import Wait


def counted(counts, name, **labels):
    return counts.registry.get_sample_value(name, labels)


def test_an_answer_is_timed_by_its_page_also_where_it_fails():
    counts = Meter()
    with counts.answering("patients"):
        pass
    with pytest.raises(ZeroDivisionError), counts.answering("patients"):
        raise ZeroDivisionError
    assert counted(counts, "idc_answer_seconds_count", page="patients") == 2
    assert counted(counts, "idc_answer_seconds_count", page="overview") is None


def test_work_of_the_queue_is_counted_with_that_of_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_JOBS", str(tmp_path / "jobs"))
    counts, queue = Meter(), Queue(tmp_path / "jobs")
    assert not queue.root.exists()
    assert counted(counts, "idc_jobs", state="waiting") == 0
    assert counted(counts, "idc_worker") == 0
    first, second, third = (queue.start("slow", name, Wait()) for name in "abc")
    queue.table.begin(first.id)
    queue.table.finish(first.id, "done")
    queue.table.begin(second.id)
    counts.jobs.labels("waiting").inc()
    counts.ended.labels("done").inc()
    assert counted(counts, "idc_jobs", state="waiting") == 2
    assert counted(counts, "idc_jobs", state="running") == 1
    assert counted(counts, "idc_jobs_ended_total", outcome="done") == 2
    with only_one(queue.root / WORKER_LOCK, "working"):
        assert counted(counts, "idc_worker") == 1
    assert third.id.encode() not in counts.text()


def test_sessions_and_lookups_are_asked_for_when_they_are_read(monkeypatch):
    counts, found = Meter(), {"hit": 7, "miss": 3}
    monkeypatch.setattr(streamlit_inside, "_stats", lambda family: ())
    assert counted(counts, "idc_sessions") == 0
    assert counted(counts, "idc_cache_lookups", result="hit") == 0
    monkeypatch.setattr(streamlit_inside, "_stats", lambda family: stats(family, found))
    assert counted(counts, "idc_sessions") == 2
    assert counted(counts, "idc_cache_lookups", result="hit") == 7
    assert counted(counts, "idc_cache_lookups", result="miss") == 3


def stats(family, found):
    if family == streamlit_inside.ACTIVE_SESSIONS_FAMILY:
        return [streamlit_inside.GaugeStat(family, 2)]
    return [
        streamlit_inside.CounterStat(family, some, {"result": result, "cache": cache})
        for result, number in found.items()
        for cache, some in (("one", number - 1), ("other", 1))
    ]


@pytest.fixture
def counts(monkeypatch):
    made = Meter()
    monkeypatch.setattr(jobs, "METER", made)
    return made


def test_work_waits_runs_and_ends_one_way_or_another(counts):
    queue, going, go = jobs.Jobs(), threading.Event(), threading.Event()

    def first(_job):
        going.set()
        go.wait(10)
        return 1

    def refused(_job):
        raise Refusal("expected a slide: none came.")

    def failed(_job):
        raise ZeroDivisionError

    begun = [queue.start("a", first, what="a")]
    assert going.wait(10)
    begun += [queue.start(name, work, what=name) for name, work in (("b", refused), ("c", failed))]
    begun.append(queue.start("d", first, what="d"))
    assert counted(counts, "idc_jobs", state="running") == 1
    assert counted(counts, "idc_jobs", state="waiting") == 3
    begun[-1].stop.set()
    go.set()
    queue._worker.shutdown(wait=True)
    assert all(job.ended for job in begun)
    assert counted(counts, "idc_jobs", state="running") == 0
    assert counted(counts, "idc_jobs", state="waiting") == 0
    for outcome in ("done", "refused", "failed", "cancelled"):
        assert counted(counts, "idc_jobs_ended_total", outcome=outcome) == 1, outcome
    assert counted(counts, "idc_failures_total", place="job") == 1


def test_the_text_is_that_of_prometheus():
    counts = Meter()
    counts.refusals.labels("page").inc()
    lines = counts.text().decode().splitlines()
    assert "# TYPE idc_refusals_total counter" in lines
    assert 'idc_refusals_total{place="page"} 1.0' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_this_process_has_one_meter():
    assert isinstance(meter.METER, Meter)
    assert jobs.METER is meter.METER
