"""A run's network, opened once."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.cache.stamps import Stamp, stamp
from idc_core.evaluate import recalibration
from idc_core.io.files import sha256_of
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer


def scorer(chosen: Run) -> Scorer:
    """A run's network; raises `Refusal` if it has none."""
    file = chosen.path / "model.onnx"
    return _scorer(str(file), stamp(file)) if file.is_file() else Scorer(file)


@st.cache_resource(max_entries=4, show_spinner=False)
def _scorer(path: str, stamp: Stamp) -> Scorer:
    return Scorer(Path(path))


def digest(chosen: Run) -> str:
    """SHA-256 of a run's network; raises `Refusal` if it has none."""
    file = chosen.path / "model.onnx"
    return _digest(str(file), stamp(file))


@st.cache_resource(max_entries=32, show_spinner=False)
def _digest(path: str, stamp: Stamp) -> str:
    return sha256_of(Path(path))


def calibrated(chosen: Run, live: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Raw scores after the run's saved recalibration, without spatial smoothing: the neighbours
    are not at hand."""
    saved = recalibration.saved(chosen)
    return live if saved is None else saved.apply(live)
