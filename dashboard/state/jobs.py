"""Work of minutes in the background of this server, seen by the page that started it and by any
other that knows its id.

One job runs at a time, so that pages stay quick; others wait. What a job found stays until newer
ones of its kind push it out or somebody lets it go, or the server ends. Work that must outlive the
server goes into the queue (`dashboard.state.queue`).
"""

import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from dashboard.state.meter import METER
from idc_core.io.refusal import Refusal

KEPT = 4
"""Jobs of one kind (`Job.what`)."""


@dataclass
class Job:
    """What is being done and how far it is; `result` once it is done, `refused` where it failed.

    `what`: the kind of work, `run`: whose network does it, by which a page finds it again.
    """

    id: str
    name: str
    what: str = ""
    run: str = ""
    doing: str = "waiting for its turn"
    done: int = 0
    of: int = 0
    result: Any = None
    refused: str = ""
    ended: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    _folder: "TemporaryDirectory[str] | None" = None

    def folder(self) -> Path:
        """A folder for what the work leaves; it goes with the job."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="idc_job_", ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def close(self) -> None:
        """Stop the work and delete what it left; what is mapped stays readable till let go."""
        self.stop.set()
        if self._folder is not None:
            self._folder.cleanup()

    def tell(self, doing: str, done: int, of: int) -> None:
        """How far it is; for the work to call."""
        self.doing, self.done, self.of = doing, done, of


class Jobs:
    """The jobs of this server."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="idc_job")
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, name: str, work: Callable[[Job], Any], *, what: str = "", run: str = "") -> Job:
        """Put work at the end of the queue; it should look at `job.stop` and call `job.tell`."""
        job = Job(uuid.uuid4().hex[:12], name, what, run)
        with self._lock:
            self._known[job.id] = job
            for oldest in [each for each in self._known.values() if each.what == what][:-KEPT]:
                del self._known[oldest.id]
                oldest.close()
        METER.jobs.labels("waiting").inc()
        self._worker.submit(self._run, job, work)
        return job

    def get(self, number: str | None) -> Job | None:
        """A job by its id; None where it is not known (any more)."""
        return self._known.get(number or "")

    def of(self, what: str) -> list[Job]:
        """The jobs of one kind, newest first."""
        with self._lock:
            return [job for job in reversed(self._known.values()) if job.what == what]

    def all(self) -> list[Job]:
        """Every job that is known, newest first."""
        with self._lock:
            return list(reversed(self._known.values()))

    def drop(self, number: str) -> None:
        """Stop a job and forget it."""
        with self._lock:
            job = self._known.pop(number, None)
        if job is not None:
            job.close()

    def close(self) -> None:
        """Stop all work and delete what it left."""
        with self._lock:
            jobs, self._known = list(self._known.values()), OrderedDict()
        for job in jobs:
            job.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job, work: Callable[[Job], Any]) -> None:
        METER.jobs.labels("waiting").dec()
        METER.jobs.labels("running").inc()
        outcome = "done"
        try:
            if not job.stop.is_set():
                job.result = work(job)
        except Refusal as refused:
            job.refused, outcome = str(refused), "refused"
        except Exception as broken:
            if not job.stop.is_set():  # what is thrown because of a stop is no failure
                outcome = "failed"
                METER.failures.labels("job").inc()
                log = logging.getLogger("idc_review")
                log.exception("job %s failed", job.id, extra={"mark": job.id})
                job.refused = f"this work hit an internal error ({type(broken).__name__})."
        finally:
            ended = "cancelled" if job.stop.is_set() else outcome  # closing stops it as well
            if job.result is None or job.stop.is_set():
                job.close()
            METER.jobs.labels("running").dec()
            METER.ended.labels(ended).inc()
            job.ended = True


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """All jobs; one queue a server."""
    return Jobs()
