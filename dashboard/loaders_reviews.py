"""The readers' verdicts, read again only when something was appended, by whomever."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.loaders import stamp
from idc_core.files import sha256_of
from idc_core.reviews import COLUMNS, Reviews, Verdict, data_key, default_path, open_reviews
from idc_core.runs import Run

WAIT = 3.0
"""Seconds a reader is kept waiting for another one's write."""


def standing(run: Run) -> pd.DataFrame:
    """The verdicts that stand on a run's data, see `Reviews.standing`; none before the first."""
    asked = _asked(run)
    return _standing(*asked) if asked else none()


def none() -> pd.DataFrame:
    """No verdict."""
    return pd.DataFrame(columns=list(COLUMNS))


def history(run: Run) -> pd.DataFrame:
    """Every verdict on a run's data, oldest first, see `Reviews.history`."""
    asked = _asked(run)
    return _history(*asked) if asked else none()


def record(verdicts: Sequence[Verdict], token: str | None = None) -> str:
    """Keep verdicts; their token. The first one makes the file."""
    return _opened(str(default_path())).record(verdicts, token=token)


def undo(run: Run, reviewer: str) -> str | None:
    """Take back what the reader said last of a run's data; None where nothing stands."""
    return _opened(str(default_path())).undo(reviewer, data=data_key(run))


def model_of(run: Run) -> str:
    """Which model a reader sees: the SHA-256 of its network, of its predictions without one."""
    network = run.path / "model.onnx"
    file = network if network.is_file() else run.path / "predictions.parquet"
    return _sha256(*stamp(file))


@st.cache_resource(max_entries=16, show_spinner=False)
def _sha256(path: str, changed: int, size: int) -> str:
    return sha256_of(Path(path))


def _asked(run: Run) -> tuple[str, str, int] | None:
    """What the tables are keyed by; None before the first verdict, when there is no file."""
    path = default_path()
    if not path.is_file():
        return None
    return str(path), data_key(run), _opened(str(path)).stamp()


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(path: str) -> Reviews:
    return open_reviews(Path(path), wait=WAIT)


@st.cache_resource(max_entries=8, show_spinner=False)
def _standing(path: str, data: str, stamp: int) -> pd.DataFrame:
    return _opened(path).standing(data)


@st.cache_resource(max_entries=8, show_spinner=False)
def _history(path: str, data: str, stamp: int) -> pd.DataFrame:
    return _opened(path).history(data)
