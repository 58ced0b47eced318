"""Of a run that judges a recipe: how its networks rank, each for itself and all together."""

import numpy as np
import streamlit as st

from dashboard.cache import predictions
from idc_core.data.shown_splits import FOLD, RAW
from idc_core.metrics.curves import Ranked
from idc_core.metrics.fold_scale import within_folds
from idc_core.runs.run import Run

APART = 0.0005
"""Areas that differ by less are written the same."""


def show(run: Run, split: str) -> None:
    """One caption; nothing for another run."""
    found = None if run.info.cross_validated is None else predictions.scores(run, split)
    if found is None:
        return
    rows, labels = found.rows, found.rows["label"].to_numpy(np.int8)
    raw, folds = rows[RAW].to_numpy(np.float64), int(rows[FOLD].max())
    own = within_folds(rows[FOLD].to_numpy(np.int64) - 1, labels, raw, folds)
    st.caption(words(found.roc_auc, Ranked(labels, raw).roc_auc, own))


def words(pooled: float, raw: float, own: "np.ndarray") -> str:
    """Areas of scores on the common scale, of raw scores, and of each network for itself.

    >>> words(0.9, 0.88, np.array([0.89, 0.93]))
    'ROC-AUC within folds, where no network is compared with another: mean 0.910, from 0.890 to \
0.930; pooled over all folds 0.900, and 0.880 on raw scores. The intervals are over patients and \
take the networks as they are; folds share training patients, which makes them somewhat too narrow.'
    """
    defined = own[np.isfinite(own)]
    if not len(defined):
        return "ROC-AUC within folds is not defined: every fold holds one class only."
    on_raw = f", and {raw:.3f} on raw scores" if abs(raw - pooled) >= APART else ""
    return (
        "ROC-AUC within folds, where no network is compared with another: mean "
        f"{defined.mean():.3f}, from {defined.min():.3f} to {defined.max():.3f}; pooled over all "
        f"folds {pooled:.3f}{on_raw}. The intervals are over patients and take the networks as "
        "they are; folds share training patients, which makes them somewhat too narrow."
    )
