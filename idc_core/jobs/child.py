"""One job in a process of its own: `python -m idc_core.jobs.child QUEUE JOB`.

A cancel is a signal to end: what was begun is cleared away as after any error, and the worker, who
sent it, says how the job ended. Where the worker itself is gone, this process ends at once.
"""

import logging
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from idc_core.io import beside
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import LOCK, Job
from idc_core.jobs.kinds import KINDS
from idc_core.jobs.queue import FILE, has_found
from idc_core.jobs.table import Table

TOLD_EVERY = 0.3
"""Seconds from one word of how far it is to the next."""
PATIENCE = 30.0
"""Seconds that one who did this job before, and was told to end, may take."""


class Stopped(BaseException):
    """Somebody cancelled it, or the worker ends."""


def main(root: Path, number: str) -> None:
    """Do a job that is running by the table."""
    beside.end_with_parent(beside.end_now)
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    table = Table(root, root / FILE)
    job = table.get(number)
    if job is not None:
        perform(job, table)


def perform(job: Job, table: Table) -> None:
    """Do it, and say in the table how it ended."""
    with only_one(job.folder / LOCK, "working", PATIENCE):
        try:
            if not has_found(job):
                _find(job, table)
        except Refusal as refused:
            table.finish(job.id, "refused", str(refused))
        except Exception as broken:
            logging.getLogger("idc_review").exception("job %s failed", job.id)
            table.finish(job.id, "failed", said_of(broken))
        else:
            table.finish(job.id, "done")


def said_of(broken: Exception) -> str:
    """What a user reads of an internal error."""
    if isinstance(broken, MemoryError):
        return "there was not enough memory for this. Nothing was kept."
    return f"this work hit an internal error ({type(broken).__name__}). Nothing was kept."


def _find(job: Job, table: Table) -> None:
    part = job.found.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    told, before = time.monotonic() - TOLD_EVERY, ""

    def tell(doing: str, done: int, of: int) -> None:
        nonlocal told, before
        if doing != before or time.monotonic() - told >= TOLD_EVERY:
            told, before = time.monotonic(), doing
            table.tell(job.id, doing, done, of)

    try:
        KINDS[job.kind].work()(job, part, tell)
        part.rename(job.found)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
