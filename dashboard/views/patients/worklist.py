"""All patients of the split with their errors, and how far the review of each is."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.cache import predictions
from dashboard.cache.sorted_split import SortedSplit
from idc_core.data.places import place_of
from idc_core.evaluate.evaluation import patient_table

_TISSUE = {True: "whole", False: "sample"}


def of(
    found: predictions.SplitScores,
    threshold: float,
    whole: Collection[str],
    standing: pd.DataFrame,
) -> pd.DataFrame:
    """The `worklist` with the errors that have a standing verdict."""
    return worklist(found, threshold, whole, judged_errors(found, threshold, standing))


def worklist(
    found: SortedSplit,
    threshold: float,
    whole: Collection[str],
    judged: "pd.Series[int] | None" = None,
) -> pd.DataFrame:
    """One row per patient, most unreviewed errors first; burden is `nan` for samples.

    `whole`: the patients whose tissue is whole. `judged`: how many of a patient's errors have a
    verdict, by name.
    """
    table = patient_table(found.patients, threshold)
    is_whole = table["patient"].isin(list(whole))
    done = table["patient"].map(judged if judged is not None else {}).fillna(0).astype(int)
    table = table.assign(
        auc=found.aucs,
        tissue=is_whole.map(_TISSUE),
        burden=np.where(is_whole, table["idc"] / table["patches"], np.nan).round(3),
        predicted=np.where(is_whole, table["called"] / table["patches"], np.nan).round(3),
        judged=done,
        open=table["errors"] - done,
        reviewed=np.where(table["errors"] > 0, done / table["errors"].clip(lower=1), np.nan),
    )
    columns = [
        "patient",
        "patches",
        "fn",
        "fp",
        "sensitivity",
        "specificity",
        "auc",
        "tissue",
        "burden",
        "predicted",
        "judged",
        "reviewed",
        "open",
    ]
    ordered = table[columns].sort_values(["open", "patient"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def judged_errors(
    found: predictions.SplitScores, threshold: float, standing: pd.DataFrame
) -> "pd.Series[int]":
    """How many of each patient's errors at the threshold have a standing verdict."""
    counts: dict[str, int] = {}
    for patient, own in standing.groupby("patient"):
        patches = found.of(str(patient))
        wrong = (patches["score"].astype(float) >= threshold) != (patches["label"] == 1)
        counts[str(patient)] = int(have_verdict(patches[wrong], own).sum())
    return pd.Series(counts, dtype="int64")


def have_verdict(rows: pd.DataFrame, standing: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which of a patient's patches have one of its standing verdicts."""
    if standing.empty:
        return np.zeros(len(rows), dtype=bool)
    key = place_of(rows, standing)[1:]
    places = set(standing[key].itertuples(index=False, name=None))
    read = [place in places for place in rows[key].itertuples(index=False, name=None)]
    return np.array(read, dtype=bool)
