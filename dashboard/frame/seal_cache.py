"""What does not fit together in the run on screen, looked for beside the page and never before it.

Digests are remembered by a file's path, time and size. Pages ask at every rerun and wait a moment
at most: what takes longer, as the pixels of a large store do, is said when it is known.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.cache import run_logs, stores
from dashboard.cache.run_logs import State
from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.stores.pixel_files import pixel_files
from idc_core.data.stores.store import open_store
from idc_core.evaluate import seal_check, store_check
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import LEDGER, LOOKS
from idc_core.runs import seal
from idc_core.runs.run import Run, open_run

WAIT = 0.25
"""Seconds that a page waits for an answer about its run."""

Said = list[str]


def contradictions(run: Run) -> Said:
    """What of the run and its data does not fit, a sentence each, as far as it is known by now.
    Raises `Unreachable` where a server holds its ledger that cannot be asked."""
    path, files = str(run.path), _stamps(run.path, (*seal.STATE_WORDS, *seal.LOGS, seal.FILE))
    quick = tuple(each for each in files if not each[0].endswith((LOOKS, seal.FILE)))
    ledger = run_logs.state(run.path, LEDGER)
    jobs = [(_sealed(path, files), WAIT), (_crossed(path, quick, ledger), WAIT)]
    store = _pixels(run)
    if store is not None:
        jobs.append((store, 0))
    return list(dict.fromkeys(each for job, wait in jobs for each in _answer(job, wait)))


def _answer(job: "Future[Said]", wait: float) -> Said:
    try:
        return job.result(wait)
    except TimeoutError:
        return []


def _stamps(folder: Path, names: tuple[str, ...]) -> tuple[Stamp, ...]:
    return tuple(stamp(folder / name) for name in names if (folder / name).exists())


@st.cache_resource(max_entries=32, show_spinner=False)
def _sealed(path: str, stamps: tuple[Stamp, ...]) -> "Future[Said]":
    def check() -> Said:
        try:
            return seal_check.seal_of(open_run(Path(path)), digest)
        except Refusal as refused:  # of the seal: no page reads it
            return [str(refused)]

    return _workers().submit(_said, check)


@st.cache_resource(max_entries=32, show_spinner=False)
def _crossed(path: str, stamps: tuple[Stamp, ...], ledger: State | None) -> "Future[Said]":
    def check() -> Said:
        run = open_run(Path(path))
        return [*seal_check.ledger_of(run, digest), *seal_check.report_of(run, digest)]

    return _workers().submit(_said, check)


def _pixels(run: Run) -> "Future[Said] | None":
    try:
        store = stores.pixels_of(run)
    except Refusal:  # said by the pages that show them
        return None
    if store is None:
        return None
    own = _stamps(store.path, ("index.parquet", "manifest.json"))
    pixels = tuple(stamp(file) for file in pixel_files(store.path) if file.is_file())
    return _pixels_of(str(store.path), own + pixels)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pixels_of(path: str, stamps: tuple[Stamp, ...]) -> "Future[Said]":
    return _patient().submit(_said, lambda: store_check.checked(open_store(Path(path))))


def _said(check: Callable[[], Said]) -> Said:
    """Its sentences; a file that cannot be read is said by the pages that need it."""
    try:
        return check()
    except (Refusal, OSError):
        return []
    except Exception:  # a check beside the page never takes the page down
        logging.getLogger("idc_review").exception("a check of a run failed")
        return []


def digest(file: Path) -> str:
    """SHA-256 of a file, read once for each content."""
    return _digest(stamp(file))


@lru_cache(maxsize=512)
def _digest(file: Stamp) -> str:
    return sha256_of(Path(file[0]))


@st.cache_resource(show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, thread_name_prefix="seal")


@st.cache_resource(show_spinner=False)
def _patient() -> ThreadPoolExecutor:
    """One store at a time: it reads every pixel."""
    return ThreadPoolExecutor(1, thread_name_prefix="pixels")
