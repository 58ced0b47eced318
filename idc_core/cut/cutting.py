"""All slides cut, several at once, each in a process of its own; one that cannot be is listed and
passed over. What is done lies in `.<name>.cut` beside the store until the store is made, so that a
cutting that was stopped goes on with the slides that are left."""

import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from hashlib import sha256
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Protocol, TypeVar

import cv2

from idc_core.cut.jobs import Job
from idc_core.cut.one_slide import cut_slide
from idc_core.cut.settings import Settings
from idc_core.cut.store import Part
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Done, Refused


class Slide(Protocol):
    """What is worked at: it has a name, and is read from a file."""

    @property
    def slide(self) -> str: ...
    @property
    def file(self) -> Path: ...


Item = TypeVar("Item", bound=Slide)
Outcome = TypeVar("Outcome")
Tell = Callable[[int, int, Done | Refused], None]
"""Told after each slide: how many are through, of how many, and what became of it."""


def working_place(store: Path) -> Path:
    """Where slides that are cut wait for the others."""
    return store.parent / f".{store.name}.cut"


def cut_all(
    jobs: Sequence[Job],
    settings: Settings,
    place: Path,
    *,
    workers: int = 2,
    apart: bool = False,
    tell: Tell,
) -> tuple[list[Part], list[Refused]]:
    """Cut every slide into a folder of its own in `place`; those that were cut, and those that
    could not be, in the order of `jobs`. `apart`: a single slide in a process of its own, too."""
    place.mkdir(parents=True, exist_ok=True)
    found: dict[str, Done | Refused] = {}
    work = partial(_one, settings=settings, place=place)
    for job, outcome in each(jobs, work, workers, apart=apart):
        found[job.slide] = outcome
        tell(len(found), len(jobs), outcome)
    parts = [
        Part(outcome, folder_of(place, job))
        for job in jobs
        if isinstance(outcome := found[job.slide], Done)
    ]
    refused = [found[job.slide] for job in jobs]
    return parts, [each for each in refused if isinstance(each, Refused)]


def folder_of(place: Path, job: Job) -> Path:
    """The slide's folder: named by a digest, since a slide may be called what no folder may."""
    return place / sha256(job.slide.encode()).hexdigest()[:24]


def clear(place: Path) -> None:
    """Nothing is waiting any more."""
    shutil.rmtree(place, ignore_errors=True)


def each(
    jobs: Sequence[Item],
    work: Callable[[Item], Outcome | Refused],
    workers: int,
    *,
    apart: bool = False,
    cure: str = "Cut fewer slides at once: --jobs 1.",
) -> Iterator[tuple[Item, Outcome | Refused]]:
    """What `work`, which can be pickled, makes of every slide, as it comes.

    `apart`: in a process of its own, even where one at a time is. `cure`: what is said where the
    system ends that process. Only as many as there are `workers` are under way at a time, so that
    of all others none is in doubt then.
    """
    if not apart and (workers == 1 or len(jobs) == 1):
        for job in jobs:
            yield job, work(job)
        return
    left = deque(jobs)
    while left:
        for job in (yield from _until_one_ends(left, work, min(workers, len(left)))):
            yield job, _by_itself(job, work, cure)


def _until_one_ends(
    left: deque[Item], work: Callable[[Item], Outcome | Refused], workers: int
) -> Generator[tuple[Item, Outcome | Refused], None, list[Item]]:
    """Work through those `left`; where the system ends a process, those that were under way."""
    running: dict[Future[Outcome | Refused], Item] = {}
    pool = _workers(workers)
    try:
        while left or running:
            while left and len(running) < workers:
                running[pool.submit(work, left[0])] = left[0]
                left.popleft()
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                outcome = done.result()
                yield running.pop(done), outcome
    except BrokenProcessPool:
        return list(running.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return []


class _Worker(SpawnProcess):
    """A fresh process: a copy of this one would inherit threads that hold locks.

    By itself it would run the script of whoever starts it again. On a page that is the whole
    dashboard, which then counts a look at test.
    """

    def start(self) -> None:
        known, none = sys.modules["__main__"], ModuleType("__main__")
        sys.modules["__main__"] = none
        try:
            super().start()
        finally:
            if sys.modules["__main__"] is none:  # a page that began meanwhile has set its own
                sys.modules["__main__"] = known


class _Workers(SpawnContext):
    Process = _Worker


def _workers(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=_Workers(), initializer=_alone)


def _by_itself(
    job: Item, work: Callable[[Item], Outcome | Refused], cure: str
) -> Outcome | Refused:
    """Where the system ended a process, nobody says for which slide: each of those that were under
    way has one of its own."""
    with _workers(1) as pool:
        try:
            return pool.submit(work, job).result()
        except BrokenProcessPool:
            why = (
                f"expected to read {job.file.name}: the system ended the process that did, for "
                f"want of memory or since the file is damaged. {cure}"
            )
            return Refused(slide=job.slide, file=job.file.name, why=why)


def _alone() -> None:
    """A worker has one processor: more threads would only be in each other's way. It ends with the
    process that began it: after a kill nobody else would end it."""
    cv2.setNumThreads(1)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _one(job: Job, settings: Settings, place: Path) -> Done | Refused:
    return or_refused(job, lambda: cut_slide(job, settings, folder_of(place, job)))


def or_refused(job: Slide, work: Callable[[], Outcome]) -> Outcome | Refused:
    """What the work makes of a slide, or why it cannot."""
    try:
        return work()
    except Refusal as refused:
        why = str(refused)
    except (OSError, MemoryError) as broken:
        first = (str(broken).splitlines() or [type(broken).__name__])[0][:200]
        why = f"expected to read {job.file.name}: the system refused ({first}). Try again."
    return Refused(slide=job.slide, file=job.file.name, why=why)
