"""Predictions of a split with each patch's outcome at the threshold."""

import numpy as np
import pandas as pd

from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import OUTCOMES

MOST = 2000
"""The most patches a gallery offers to page through."""

_PREDICTED = {"tp": True, "fp": True, "fn": False, "tn": False}
_IDC = {"tp": 1, "fn": 1, "fp": 0, "tn": 0}


def with_outcome(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Adds `outcome`: tp, fn, fp or tn."""
    return rows.assign(outcome=outcome_of(rows["label"], rows["score"], threshold))


def most_wrong_first(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Sorted by distance of the score from the threshold, farthest first."""
    distance = (rows["score"].astype(float) - threshold).abs()
    return rows.loc[distance.sort_values(ascending=False, kind="stable").index]


def of_outcome(
    rows: pd.DataFrame, threshold: float, outcome: str, *, most: int = MOST
) -> pd.DataFrame:
    """The `most` patches of one outcome farthest from the threshold, with `outcome`.

    Only these are copied: adding a column to ten million rows would take seconds.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"expected one of {', '.join(OUTCOMES)}: found {outcome!r}.")
    score, label = rows["score"].to_numpy(), rows["label"].to_numpy()
    predicted = score.astype(np.float64) >= threshold
    at = np.flatnonzero((label == _IDC[outcome]) & (predicted == _PREDICTED[outcome]))
    farness = np.abs(score[at].astype(np.float64) - threshold)
    if len(at) > most:
        kept = np.sort(np.argpartition(-farness, most - 1)[:most])
        at, farness = at[kept], farness[kept]
    return rows.iloc[at[np.argsort(-farness, kind="stable")]].assign(outcome=outcome)
