"""The threshold table of a run's split, for the browser: kept with the run, or made meanwhile.

A page never waits for one: until it is there, the server's answers are all that follows the
threshold.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.cache import predictions
from dashboard.cache.sorted_split import SortedSplit, StoredSplit
from dashboard.cache.stamps import Stamp, stamp
from dashboard.state import static_files, streamlit_inside
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.many import table as many_table
from idc_core.runs.run import Run
from idc_core.threshold_table import build, file
from idc_core.threshold_table.identity import identity

KEPT = 12
"""Tables that a server holds, of at most 400 KB."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where the browser finds the table, and what it must be `of`; no `address` while it is made.

    `trouble`: what is wrong with the one that was kept, or that none can be made.
    """

    of: str
    address: str = ""
    trouble: str = ""

    @property
    def is_made(self) -> bool:
        """Whether it is on its way: worth asking again."""
        return not self.address and self.trouble != FAILED


FAILED = "Figures follow the threshold once it rests: their table could not be made."


def told(run: Run, split: str) -> Told | None:
    """The table of a split; None where there is nothing to judge, or no browser."""
    if not streamlit_inside.is_served():
        return None
    found = predictions.sorted_scores(run, split)
    if found is None:
        return None
    of = identity_of(run, split)
    content, trouble = _tables().get(run, split, of, found)
    if content is None:
        return Told(of, trouble=trouble)
    return Told(of, static_files.address(content, "application/gzip", f"threshold_{split}"))


def identity_of(run: Run, split: str) -> str:
    """What the table of a split must be of."""
    scores = stamp(run.scores_file)
    return identity(_digest(scores), split, run.calibration_id(), run.info.raster)


@st.cache_resource(max_entries=64, show_spinner=False)
def _digest(scores: Stamp) -> str:
    return sha256_of(Path(scores[0]))


class Tables:
    """Tables by what they are of, made one after the other in a thread apart."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="idc_threshold")
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._trouble: dict[str, str] = {}
        self._lock = threading.Lock()

    def get(self, run: Run, split: str, of: str, found: SortedSplit) -> tuple[bytes | None, str]:
        """The table, gzipped, and what is to be said without it; it is begun where there is
        none."""
        with self._lock:
            if of in self._known:
                self._known.move_to_end(of)
                return self._known[of], ""
            if of in self._trouble:
                return None, self._trouble[of]
            self._trouble[of] = ""
        if file.path_of(run, split, of).is_file():
            try:
                return self._keep(of, file.read(run, split, of)), ""
            except Refusal as refused:
                self._trouble[of] = (
                    f"Figures follow the threshold once it rests: {refused} It is made again."
                )
        self._worker.submit(self._make, of, lambda: _made(run, split, of, found))
        return None, self._trouble[of]

    def _keep(self, of: str, content: bytes) -> bytes:
        with self._lock:
            self._known[of] = content
            self._trouble.pop(of, None)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return content

    def _make(self, of: str, make: Callable[[], bytes]) -> None:
        try:
            self._keep(of, make())
        except Exception:
            logging.getLogger("idc_review").exception("threshold table %s failed", of[:12])
            self._trouble[of] = FAILED


def _made(run: Run, split: str, of: str, found: SortedSplit) -> bytes:
    table = (
        many_table.table(found.stored, run)
        if isinstance(found, StoredSplit)
        else build.build(found.patients, found.ranked, found.raster, of)
    )
    content = file.encoded(table)
    try:
        # The run may have been deleted or replaced meanwhile: nothing is written into what is gone.
        if identity_of(run, split) == of:
            file.write(run, split, of, content)
    except Refusal as refused:  # a run that is only read: the table lives with the server
        logging.getLogger("idc_review").info("%s", refused)
    return content


@st.cache_resource(show_spinner=False)
def _tables() -> Tables:
    return Tables()
