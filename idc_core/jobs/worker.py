"""The worker: takes one job after the other from each lane of the queue, each done by a child
process.

Huey's consumers wait for what comes, one a lane, so that a training of hours holds up no other
work; what became of a job stands in the table, so that a worker that was killed finds what it left.
One worker a queue: two would halve the machine for each job.
"""

import logging
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from idc_core.io import beside
from idc_core.io.lock import only_one
from idc_core.jobs.child import STOPPED
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import lane_of, left_by
from idc_core.jobs.lanes import LANES, Lane
from idc_core.jobs.line import line, waiting
from idc_core.jobs.queue import FILE, WORKER_LOCK, Queue, has_found

LOOKS_EVERY, PATIENCE = 0.2, 10.0
"""Seconds from one look after a child to the next; that a child has to end where the worker
ends."""
MOST_TRIES = 2
CHILD = [sys.executable, "-m", "idc_core.jobs.child"]
"""The command that does a job, before the folder of the queue and the job's id."""


def serve(root: Path, ready: Callable[[], None] = lambda: None) -> None:
    """Work the queue off until a signal comes; raises `Refusal` where another worker does."""
    queue = Queue(root)
    with only_one(root / WORKER_LOCK, "working the queue off"):
        runner = Runner(queue)
        lines = {lane: line(root / FILE, lane, runner.run) for lane in LANES}
        for lane, (huey, put) in lines.items():
            runner.find_left(lane, waiting(huey), put)
        consumers = [
            huey.create_consumer(
                workers=1, periodic=False, max_delay=0.5, check_worker_health=False
            )
            for huey, _ in lines.values()
        ]
        for consumer in consumers:
            consumer.start()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, runner.ask_to_end)
        beside.end_with_parent(runner.ending.set)
        ready()
        while not runner.ending.wait(0.5):
            pass
        for consumer in consumers:
            consumer.stop(graceful=True)  # the child is ended by the runner
        for huey, _ in lines.values():
            huey.storage.close()


class Runner:
    """Does the jobs of a queue, of each lane one at a time; `ending`: set where it should do no
    more."""

    def __init__(self, queue: Queue) -> None:
        self.queue, self.ending = queue, threading.Event()

    def ask_to_end(self, _signal: int, _frame: FrameType | None) -> None:
        """As a signal does."""
        self.ending.set()

    def run(self, number: str) -> None:
        """Do a job, if it still waits."""
        table = self.queue.table
        if self.ending.is_set() or not table.begin(number):
            return
        child = beside.start([*CHILD, str(self.queue.root), number])
        self._await(child, number)
        beside.kill_group(child.pid)
        beside.close(child)
        job = table.get(number)
        if job is not None and not job.ended:
            self._settle(job, child.returncode)
        self._clear(number)

    def _await(self, child: "subprocess.Popen[bytes]", number: str) -> None:
        """Until it has ended. Where it should, it is asked to; where it does not, it is killed."""
        asked = None
        while child.poll() is None:
            job = self.queue.table.get(number)
            if asked is None and (self.ending.is_set() or job is None or job.stopping):
                asked = time.monotonic()
                child.terminate()
            patience = PATIENCE
            if job is not None and not self.ending.is_set():
                patience = lane_of(job.kind).patience
            if asked is not None and time.monotonic() - asked > patience:
                child.kill()
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=LOOKS_EVERY)

    def find_left(self, lane: Lane, in_line: set[str], put: Callable[[str], None]) -> None:
        """What the worker before this one left: begin again, or say that it cannot be done."""
        for job in reversed(self.queue.all()):
            if lane_of(job.kind) != lane:
                continue
            if job.state == "running":
                self._settle_left(job)
            now = self.queue.get(job.id)
            if now is not None and now.state == "waiting" and now.id not in in_line:
                put(now.id)
            elif now is None or now.ended:
                self._clear(job.id)

    def _settle(self, job: Job, code: int) -> None:
        """A child ended, and the job has no end yet."""
        table = self.queue.table
        if has_found(job):
            table.finish(job.id, "done")
        elif job.stopping:
            table.finish(job.id, "cancelled")
        elif self.ending.is_set():
            table.put_back(job.id, "waiting: the worker was ended", counts=False)
        elif code == STOPPED:  # by somebody who asked its process, not the queue
            table.finish(job.id, "cancelled")
        else:
            logging.getLogger("idc_review").error("job %s: its process ended with %s", job.id, code)
            table.finish(
                job.id,
                "failed",
                f"the process that did this ended unexpectedly (exit {code}), perhaps for want of "
                f"memory. {left_by(job.kind)}",
            )

    def _settle_left(self, job: Job) -> None:
        table = self.queue.table
        if has_found(job):
            table.finish(job.id, "done")
        elif job.stopping:
            table.finish(job.id, "cancelled")
        elif job.tries >= MOST_TRIES:
            table.finish(
                job.id,
                "failed",
                f"the worker ended {job.tries} times while it did this, perhaps for want of "
                f"memory. {left_by(job.kind)}",
            )
        else:
            table.put_back(job.id, "waiting to begin again: the worker had ended", counts=True)

    def _clear(self, number: str) -> None:
        """Of a job that ended, only what it found stays; of a cancelled one nothing."""
        job = self.queue.get(number)
        if job is None or not job.ended:
            return
        for each in job.folder.iterdir() if job.folder.is_dir() else ():
            if each != job.found or job.state == "cancelled":
                shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink()
