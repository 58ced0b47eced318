"""A kind of work that takes as long as a test wants, with a worker and a child that know it.

`python -m tests.slow_jobs worker QUEUE` and `… child QUEUE JOB` are those of the product.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.jobs import child, worker
from idc_core.jobs.job import Asked, Stopped
from idc_core.jobs.kinds import KINDS, Kind
from idc_core.jobs.lanes import TRAININGS

SLOW = Kind("slow", "Wait", "tests.slow_jobs")
SLOW_TRAINING = Kind(
    "slow_training", "Wait long", "tests.slow_jobs", TRAININGS, "What was waited is kept."
)
KINDS |= {each.key: each for each in (SLOW, SLOW_TRAINING)}


class Wait(Asked, frozen=True, kw_only=True):
    """`until`: the file that ends the waiting; `says`: how it goes."""

    until: str = ""
    says: str = "done"


def work(job, place, tell):
    asked = json.loads(job.asked)
    (place / "nice").write_text(str(os.nice(0)))
    (place / "pid").write_text(str(os.getpid()))
    tell("waiting for a file", 1, 3)
    while asked.get("until") and not Path(asked["until"]).exists():
        time.sleep(0.02)
    if asked["says"] == "refused":
        raise Refusal("expected something else: this came.")
    if asked["says"] == "stopped":
        raise Stopped
    if asked["says"] == "failed":
        raise ZeroDivisionError
    (place / "said").write_text(asked["says"])


def until(found, what="it", seconds=60):
    """What `found` gives, once that is something."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)
    return answer


def pid_in(job):
    """The process that does a job; None before one does."""
    file = job.folder / "found.part" / "pid"
    text = file.read_text() if file.is_file() else ""
    return int(text) if text else None


def is_alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def working(queue):
    """A worker over the queue; gives its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.slow_jobs", "worker", str(queue.root)],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
    )
    try:
        until(queue.worker_is_here, "the worker")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


if __name__ == "__main__":
    worker.CHILD = [sys.executable, "-m", "tests.slow_jobs", "child"]
    # Its `work` is that of the module by its name, not of the one that is run.
    if sys.argv[1] == "worker":
        worker.serve(Path(sys.argv[2]))
    else:
        child.main(Path(sys.argv[2]), sys.argv[3])
