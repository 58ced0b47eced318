"""Every patch of a split with its outcome and kind of error at one threshold."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import labels, predictions, spatial, stores
from dashboard.cache.stamps import Stamp, stamp
from dashboard.charts.slide_map import outcome_of
from idc_core.evaluate.spatial.borders import Places, error_kind, isolation
from idc_core.runs.out_of_fold import FILE
from idc_core.runs.run import Run, open_run


def described(run: Run, split: str, threshold: float) -> pd.DataFrame:
    """The rows of `predictions.scores` with `outcome`, `kind` of error, `border_distance`,
    `isolation` and `suspicion` (label-error score), as far as known; no rows without a split."""
    file, folds = run.scores_file, run.path / FILE
    store = stores.store_of(run) is not None
    folds_file = stamp(folds) if folds.is_file() else None
    return _described(
        str(run.path), split, threshold, run.calibration_id(), store, stamp(file), folds_file
    )


@st.cache_resource(max_entries=3, show_spinner=False)
def _described(
    path: str,
    split: str,
    threshold: float,
    calibration: str | None,
    store: bool,
    stamp: Stamp,
    folds: Stamp | None,
) -> pd.DataFrame:
    run = open_run(Path(path))
    found = predictions.scores(run, split)
    if found is None:
        return pd.DataFrame(columns=["patient", "x", "y", "outcome", "kind"])
    suspects = labels.label_error_scores(run, split)
    return describe(
        found.rows,
        threshold,
        spatial.places(run, split),
        None if suspects is None else suspects.suspicion,
    )


def describe(
    rows: pd.DataFrame, threshold: float, where: Places | None, suspicion: "np.ndarray | None"
) -> pd.DataFrame:
    """The same, of rows whose neighbours are given."""
    outcome = outcome_of(rows["label"], rows["score"], threshold)
    unknown = np.full(len(rows), np.nan, np.float32)
    return rows.assign(
        outcome=outcome,
        suspicion=unknown if suspicion is None else suspicion,
        kind="unknown" if where is None else error_kind(where, outcome),
        border_distance=unknown if where is None else where.border_distance,
        isolation=unknown if where is None else isolation(where, np.isin(outcome, ("tp", "fp"))),
    )
