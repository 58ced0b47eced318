"""One job in a process of its own: `python -m idc_core.jobs.child QUEUE JOB`.

A cancel is a signal to end: what was begun is cleared away as after any error, and the worker, who
sent it, says how the job ended. Where the worker itself is gone, this process ends at once.
"""

import logging
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from idc_core.io import beside
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import LOCK, Job, Stopped
from idc_core.jobs.kinds import KINDS, lane_of, left_by
from idc_core.jobs.queue import FILE, has_found
from idc_core.jobs.table import Table

TOLD_EVERY = 0.3
"""Seconds from one word of how far it is to the next."""
PATIENCE = 30.0
"""Seconds that one who did this job before, and was told to end, may take."""
STOPPED = 130
"""Exit code of one that was told to end, by whomever."""


def main(root: Path, number: str) -> None:
    """Do a job that is running by the table."""
    beside.end_with_parent(beside.end_now)
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    table = Table(root, root / FILE)
    job = table.get(number)
    if job is None:
        return
    _stand_back(lane_of(job.kind).nice)
    try:
        perform(job, table)
    except Stopped:
        sys.exit(STOPPED)


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
            table.finish(job.id, "failed", said_of(broken, left_by(job.kind)))
        else:
            table.finish(job.id, "done")


def said_of(broken: Exception, left: str) -> str:
    """What a user reads of an internal error; `left`: of what was done before."""
    if isinstance(broken, MemoryError):
        return f"there was not enough memory for this. {left}"
    return f"this work hit an internal error ({type(broken).__name__}). {left}"


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


def _stand_back(nice: int) -> None:
    """Let all others of the machine go first, as far as `nice` says."""
    if not nice or sys.platform == "win32":
        return
    os.nice(nice)
    # Where Linux shares the processors among sessions first, that counts within ours alone.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
