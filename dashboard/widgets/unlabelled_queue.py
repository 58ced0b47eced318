"""The patches of a patient without any label: which are reviewed, and in which order."""

import numpy as np
import pandas as pd

from dashboard.cache.all_patches import highest_fields
from dashboard.state import choices
from idc_core.data.places import slide_of
from idc_core.records.raster import Raster

FIELDS, CALLED, ALL = "fields", "called", "all"
WHICH = {FIELDS: "fields to review first", CALLED: "predicted IDC", ALL: "all patches"}
ORDERS = {"score": "by score", "near": "nearest the threshold first"}


def is_of(table: pd.DataFrame) -> bool:
    """Whether the table is one of `described`: no patch of the patient has a label."""
    return "field" in table


def described(rows: pd.DataFrame, stride: int) -> pd.DataFrame:
    """The rows with the columns of `queue.described`, none of which can be known without a label,
    and `field`: the rank of the field around a patch among those to be reviewed first, else nan."""
    field = np.full(len(rows), np.nan)
    slides = slide_of(rows).astype(str).to_numpy()
    for slide in np.unique(slides):
        own = np.flatnonzero(slides == slide)
        at = own[highest_fields(rows.iloc[own], stride)]
        field[at] = np.arange(1, len(at) + 1)
    unknown = ("suspicion", "border_distance", "isolation", "around")
    return rows.assign(
        outcome="unlabelled", kind="unknown", **dict.fromkeys(unknown, np.nan), field=field
    )


def which_of(raster: Raster) -> dict[str, str]:
    """`WHICH` where the classes have the names of `raster`."""
    return {key: raster.say(words) for key, words in WHICH.items()}


def orders() -> dict[str, str]:
    """The orders to choose from: fields have their own."""
    return {} if choices.now("which", WHICH) == FIELDS else ORDERS


def asked(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The rows of `described` that the controls ask for, in their order."""
    which = choices.now("which", WHICH)
    if which == FIELDS:
        return fields(table)
    score = table["score"].to_numpy(np.float64)
    near = choices.now("order", ORDERS) == "near"
    order = np.argsort(np.abs(score - threshold) if near else -score, kind="stable")
    if which == CALLED:
        order = order[score[order] >= threshold]
    return table.iloc[order]


def fields(table: pd.DataFrame) -> pd.DataFrame:
    """The centre patches of the fields to be reviewed first, strongest first."""
    return table[table["field"].notna()].sort_values("field", kind="stable")


def left_out(patch: pd.Series, raster: Raster) -> str:
    """Why a patch is not in the list."""
    which = choices.now("which", WHICH)
    if which == FIELDS:
        return "in none of the fields to review first, or not in the middle of one"
    return (
        f"{raster.predicted(False)} at this threshold, and the list shows {which_of(raster)[which]}"
    )
