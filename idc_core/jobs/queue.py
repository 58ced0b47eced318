"""What a page asks of the queue: start work, look how far it is, cancel it."""

import hashlib
import json
import os
import shutil
import uuid
from functools import cached_property
from pathlib import Path

from idc_core.io import record
from idc_core.io.lock import is_held
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.jobs.job import FOUND, Asked, Job, Starter
from idc_core.jobs.kinds import KINDS, lane_of
from idc_core.jobs.line import line
from idc_core.jobs.table import Table

FILE, WORKER_LOCK = "queue.sqlite", "worker.lock"
COMMAND = "python train_cli.py worker"
KEPT = 4
"""Jobs of one kind and one starter that have ended: what older ones found is deleted."""


class Queue:
    """The queue in a folder; cheap to make, safe to use from several threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def table(self) -> Table:
        """The table, made where there is none."""
        with refused_by_system(f"write {self.root}"):
            # What is scored may be a patient's: nobody else of this machine reads it.
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Table(self.root, self.root / FILE)

    @property
    def is_there(self) -> bool:
        """Whether anything was asked of it yet: to look makes no file."""
        return (self.root / FILE).is_file()

    def new_folder(self) -> Path:
        """The folder of a job to come, for files that it will read."""
        folder = self.table.root / uuid.uuid4().hex[:12]
        with refused_by_system(f"write {folder}"):
            folder.mkdir(mode=0o700)
        return folder

    def start(
        self,
        kind: str,
        name: str,
        asked: Asked,
        *,
        run: str = "",
        by: Starter | None = None,
        folder: Path | None = None,
        same: str = "",
    ) -> Job:
        """Put work at the end of the queue, or join what is under way for the same.

        `folder`: of `new_folder`, where it holds a file to be read; `same`: what makes two jobs
        one, by itself all that was asked.
        """
        wanted = json.dumps(record.fields(asked), sort_keys=True)
        folder = folder or self.new_folder()
        job = Job(
            id=folder.name,
            kind=KINDS[kind].key,
            name=name,
            run=run,
            asked=wanted,
            by=by or Starter(),
            state="waiting",
            doing="waiting for its turn",
            done=0,
            of=0,
            sentence="",
            tries=0,
            stopping=False,
            made=now(),
            ended_at="",
            folder=folder,
        )
        mark = hashlib.sha256("\0".join((kind, name, run, same or wanted)).encode()).hexdigest()
        standing = self.table.add(job, mark)
        if standing.id != job.id:
            shutil.rmtree(folder, ignore_errors=True)
            return standing
        self.put(job)
        self._tidy(job)
        return job

    def get(self, number: str | None) -> Job | None:
        """A job by its id; None where it is not known (any more)."""
        return self.table.get(number) if number and self.is_there else None

    def of(self, kind: str) -> list[Job]:
        """The jobs of one kind, newest first."""
        return self.table.all(kind) if self.is_there else []

    def all(self) -> list[Job]:
        """Every job that is known, newest first."""
        return self.of("")

    def ahead(self, job: Job) -> list[Job]:
        """What is done before a job that waits, in its order and lane; nothing of one that does
        not."""
        if job.state != "waiting":
            return []
        lane = lane_of(job.kind)
        under_way = [
            each for each in reversed(self.all()) if not each.ended and lane_of(each.kind) == lane
        ]
        numbers = [each.id for each in under_way]
        return under_way[: numbers.index(job.id)] if job.id in numbers else []

    def cancel(self, number: str) -> None:
        """End a job that is under way, and delete what it has; one that has ended stays."""
        job = self.get(number)
        if job is None or job.ended:
            return
        if job.state == "waiting" or not self.worker_is_here():
            self.table.finish(number, "cancelled", at=job.state)
        self.table.ask_to_stop(number)
        job = self.get(number)
        if job is not None and job.state == "cancelled":
            shutil.rmtree(job.folder, ignore_errors=True)

    def drop(self, job: Job) -> None:
        """Forget a job that has ended, and delete what it found."""
        self.table.forget(job.id)
        shutil.rmtree(job.folder, ignore_errors=True)

    def worker_is_here(self) -> bool:
        """Whether somebody works the queue off now."""
        return is_held(self.root / WORKER_LOCK)

    def put(self, job: Job) -> None:
        """Put its id at the end of Huey's queue of its lane."""
        huey, put = line(self.root / FILE, lane_of(job.kind), _only_a_worker)
        try:
            put(job.id)
        finally:
            huey.storage.close()

    def _tidy(self, newest: Job) -> None:
        ended = [each for each in self.of(newest.kind) if each.ended and each.by == newest.by]
        for job in ended[KEPT - 1 :]:
            self.drop(job)


def whereabouts(job: Job, *, worker: bool) -> str:
    """What keeps a job from going on, in a sentence of Markdown; empty where nothing does.
    `worker`: whether one is here."""
    if worker or job.ended:
        return ""
    if job.state == "running":
        return (
            "The worker ended while this ran. Nothing is lost: it begins again once a worker is "
            f"started with `{COMMAND}`."
        )
    return f"No worker is running, so this waits, and nothing is lost: start one with `{COMMAND}`."


def _only_a_worker(number: str) -> None:
    raise Refusal(f"expected a worker to do job {number}: start one with {COMMAND}")


def has_found(job: Job) -> bool:
    """Whether what it found is there, whole."""
    return os.path.isdir(job.folder / FOUND)  # noqa: PTH112 - asked twice a second
