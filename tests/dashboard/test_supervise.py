"""Server and worker under one supervisor, as processes: what dies comes again, and nobody stays."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.jobs.queue import Queue
from tests.slow_jobs import Wait, is_alive, pid_in, until

TOGETHER = """
import sys
from dashboard import supervise

supervise.SERVER = [sys.executable, "-c", {server!r}]
supervise.WORKER = [sys.executable, "-m", "tests.slow_jobs", "worker", {queue!r}]
sys.exit(supervise.main([{pids!r}]))
"""
SERVER = """
import os, signal, sys, time
from idc_core.io import beside
beside.end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
time.sleep(600)
"""


@contextmanager
def together(queue, pids, server=SERVER):
    """The supervisor of a quick server and a worker."""
    code = TOGETHER.format(server=server, queue=str(queue.root), pids=str(pids))
    process = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=40)


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path / "jobs")


@pytest.fixture
def pids(tmp_path):
    """The file that each server writes its number to."""
    return tmp_path / "servers"


def servers(pids, count=1):
    def found():
        known = pids.read_text().split() if pids.is_file() else []
        return [int(each) for each in known] if len(known) >= count else None

    return until(found, f"server {count}")


def test_a_job_outlives_the_server_and_both_go_on_a_signal(queue, pids, tmp_path):
    job = queue.start("slow", "a", Wait(until=str(tmp_path / "go")))
    with together(queue, pids) as supervisor:
        doing = until(lambda: pid_in(job), "the job")
        (first,) = servers(pids)
        os.kill(first, signal.SIGKILL)
        second = servers(pids, 2)[1]
        assert (queue.get(job.id).state, queue.get(job.id).tries) == ("running", 1)
        assert is_alive(doing)
        (tmp_path / "go").touch()
        assert until(lambda: (now := queue.get(job.id)).ended and now.state) == "done"
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(timeout=40) == 0
        assert not is_alive(second)
        assert not queue.worker_is_here()


def test_where_the_supervisor_is_killed_nobody_stays_and_the_job_waits_for_the_next(
    queue, pids, tmp_path
):
    job = queue.start("slow", "a", Wait(until=str(tmp_path / "go")))
    with together(queue, pids) as supervisor:
        doing = until(lambda: pid_in(job), "the job")
        (server,) = servers(pids)
        supervisor.kill()
        supervisor.wait()
        until(lambda: not is_alive(server), "the end of the server")
        until(lambda: not is_alive(doing), "the end of the job's process")
        until(lambda: not queue.worker_is_here(), "the end of the worker")
    assert queue.get(job.id).state == "waiting"


def test_a_worker_that_is_killed_comes_again_and_does_its_job(queue, pids, tmp_path):
    job = queue.start("slow", "a", Wait(until=str(tmp_path / "go")))
    with together(queue, pids):
        until(lambda: pid_in(job), "the job")
        os.kill(int((queue.root / "worker.lock").read_text()), signal.SIGKILL)
        until(lambda: queue.get(job.id).tries == 2, "the second try")
        (tmp_path / "go").touch()
        assert until(lambda: (now := queue.get(job.id)).ended and now.state) == "done"
        assert len(servers(pids)) == 1


@pytest.mark.parametrize(("code", "ends"), [(2, True), (0, True), (1, False)])
def test_a_server_that_refuses_or_is_stopped_ends_both_and_one_that_dies_comes_again(
    queue, pids, code, ends
):
    with together(queue, pids, SERVER.replace("time.sleep(600)", f"sys.exit({code})")) as process:
        if ends:
            assert process.wait(timeout=40) == code
            assert len(servers(pids)) == 1
        else:
            assert len(servers(pids, 2)) >= 2
            assert process.poll() is None


def test_the_real_server_refuses_its_words_and_that_ends_it(tmp_path):
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.supervise", "--address", "0.0.0.0"],
        cwd=REPOSITORY,
        env=os.environ | {"IDC_JOBS": str(tmp_path / "jobs")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "expected an address of this machine alone" in done.stderr
    assert time.monotonic() - started < 100
