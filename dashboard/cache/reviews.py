"""The readers' verdicts: read once, then only what was appended since, by any process."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import pandas as pd
import streamlit as st

from dashboard.cache.stamps import Stamp, stamp
from idc_core.io.files import sha256_of
from idc_core.reviews import (
    COLUMNS,
    Mark,
    Reviews,
    Verdict,
    Where,
    data_key,
    default_where,
    is_begun,
    open_reviews,
    progress_of,
    standing_of,
    with_news,
)
from idc_core.runs.run import Run

WAIT = 3.0
"""Seconds that a reader waits for another one's write."""


def standing(run: Run) -> pd.DataFrame:
    """The verdicts that stand on a run's data, see `Reviews.standing`; none before the first."""
    known = _known(run)
    return known.standing if known else none()


def progress(run: Run, reviewer: str | None = None) -> pd.DataFrame:
    """Patches of a run's data with a standing verdict, by patient, see `Reviews.progress`."""
    found = standing(run)
    return progress_of(found if reviewer is None else found[found["reviewer"] == reviewer])


def none() -> pd.DataFrame:
    """No verdict."""
    return pd.DataFrame(columns=list(COLUMNS))


def history(
    run: Run, patient: str | None = None, x: int | None = None, y: int | None = None
) -> pd.DataFrame:
    """Every verdict on a run's data, oldest first, see `Reviews.history`."""
    known = _known(run)
    found = known.history if known else none()
    for name, wanted in (("patient", patient), ("x", x), ("y", y)):
        if wanted is not None:
            found = found[found[name] == wanted]
    return found.reset_index(drop=True)


def record(verdicts: Sequence[Verdict], token: str | None = None) -> str:
    """Store verdicts; their token. The first one creates the file."""
    return _opened(default_where()).record(verdicts, token=token)


def undo(run: Run, reviewer: str, token: str) -> str | None:
    """Undo one batch of the reader's; None where it does not stand any more."""
    if _is_not_begun(default_where()):
        return None
    return _opened(default_where()).undo(reviewer, data=data_key(run), token=token)


def last(run: Run, reviewer: str) -> pd.DataFrame:
    """The reader's newest standing batch on a run's data, one row per patch; none without one."""
    known = _known(run)
    if known is None or not reviewer:
        return none()
    own = known.history[
        (known.history["reviewer"] == reviewer) & ~known.history["undone"].astype(bool)
    ]
    return own[own["token"] == own["token"].iloc[-1]] if len(own) else own


def ready() -> Where | None:
    """Where reviews lie, checked and brought up to date; None before there is a file."""
    where = default_where()
    return None if _is_not_begun(where) else _opened(where).where


def answer() -> None:
    """Ask the reviews for what was said last; raises `Refusal` where they cannot be read now."""
    where = ready()
    if where is not None:
        Reviews(where, wait=WAIT).mark()


def begun() -> Where:
    """The same; the file is begun where there is none."""
    return _opened(default_where()).where


def model_of(run: Run) -> str:
    """Which model a reader sees: the SHA-256 of its network, of its predictions without one."""
    network = run.path / "model.onnx"
    file = network if network.is_file() else run.scores_file
    return _sha256(stamp(file))


@st.cache_resource(max_entries=16, show_spinner=False)
def _sha256(file: Stamp) -> str:
    return sha256_of(Path(file[0]))


class _Known:
    """What is known of the verdicts on one data set; sessions share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self.mark: Mark = ("", 0)
        self.history = self.standing = none()

    def update(self, reviews: Reviews, data: str) -> None:
        """Read what was appended since; all of it where the file is another one."""
        with self._lock:
            mark = reviews.mark()
            if mark == self.mark:
                return
            if mark[0] != self.mark[0] or mark[1] < self.mark[1]:
                self._forget()
            news = reviews.news(data, self.mark[1])
            if news.undone or len(news.verdicts):
                self.history = with_news(self.history, news)
                self.standing = standing_of(self.history)
            self.mark = news.mark


def _known(run: Run) -> _Known | None:
    """What is known by now; None before the first verdict, when there is no file."""
    where = default_where()
    if _is_not_begun(where):
        return None
    known = _known_of(where, data_key(run))
    known.update(_opened(where), data_key(run))
    return known


@st.cache_resource(max_entries=8, show_spinner=False)
def _known_of(where: Where, data: str) -> _Known:
    return _Known()


def _is_not_begun(where: Where) -> bool:
    return where not in _begun() and not is_begun(where)


def _opened(where: Where) -> Reviews:
    """Checked and created when first asked for; a file that vanished since is not created again."""
    if where in _begun():
        return Reviews(where, wait=WAIT)
    reviews = open_reviews(where, wait=WAIT)
    _begun().add(where)
    return reviews


@st.cache_resource(show_spinner=False)
def _begun() -> set[Where]:
    """Where this server has opened verdicts."""
    return set()
