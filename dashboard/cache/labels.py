"""Label-error scores: how strongly each label is contradicted, computed once per split."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.cache import predictions
from dashboard.cache.stamps import Stamp, stamp
from idc_core.evaluate.suspects import outside, suspicion
from idc_core.runs.out_of_fold import FILE, out_of_fold
from idc_core.runs.run import Run, open_run


@dataclass(frozen=True)
class LabelErrorScores:
    """`suspicion` (n,): label-error score of each row of `predictions.scores`; and its source."""

    suspicion: "np.ndarray"
    out_of_fold: bool


def label_error_scores(run: Run, split: str) -> LabelErrorScores | None:
    """From out-of-fold scores; without them from the run's own on patients it did not train on.

    None where neither is there: a network cannot check labels that it was trained on.
    """
    file = run.path / FILE
    own = run.scores_file
    folds = stamp(file) if file.is_file() else None
    if folds is None and (split == "train" or not own.is_file()):
        return None
    return _label_error_scores(str(run.path), split, folds, stamp(own))


@st.cache_resource(max_entries=8, show_spinner="Comparing labels with scores …")
def _label_error_scores(
    path: str, split: str, folds: Stamp | None, stamp: Stamp
) -> LabelErrorScores | None:
    run = open_run(Path(path))
    found = predictions.scores(run, split, raw=True)
    if found is None:
        return None
    table = out_of_fold(run) if folds is not None else None
    scores = found.rows["score"] if table is None else outside(found.rows, table)
    never_seen = table is not None or run.info.cross_validated is not None
    return LabelErrorScores(suspicion(found.rows["label"], scores), never_seen)
