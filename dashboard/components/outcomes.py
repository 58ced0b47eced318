"""Predictions of a split with the outcome of each patch at the threshold."""

import pandas as pd

from dashboard.charts.slide_map import outcome_of


def with_outcome(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Adds `outcome`: tp, fn, fp or tn."""
    return rows.assign(outcome=outcome_of(rows["label"], rows["score"], threshold))


def most_wrong_first(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Sorted by distance of the score from the threshold, farthest first."""
    distance = (rows["score"].astype(float) - threshold).abs()
    return rows.loc[distance.sort_values(ascending=False, kind="stable").index]
