"""Patches that several rows speak of: unchanged, by several models, or by several looks at each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.tables.slide_column import OPTION as SLIDES
from idc_core.data.tables.slide_column import may_name_slides
from idc_core.importing.columns import Columns
from idc_core.importing.options import Question
from idc_core.io.refusal import Refusal

TORN = "the patch is there again with another score"
TWO_LABELS = "the patch is there again with another label"
MEAN = "mean"

MOST_VALUES = 50
"""A column that tells rows apart has at most as many values: models, copies, folds."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Repeats:
    """`frame` with the mean score where that was asked for, `reasons` with those of torn rows, rows
    `dropped` because another says the same, how many say it `again` unchanged, and words."""

    frame: pd.DataFrame
    reasons: npt.NDArray[np.object_]
    dropped: Mask
    again: int
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def resolve_repeats(
    frame: pd.DataFrame,
    reasons: npt.NDArray[np.object_],
    table: pd.DataFrame,
    columns: Columns,
    repeated: str | None,
) -> Repeats:
    """Settle the rows of a patch that comes more than once; `repeated` is what was asked: "mean".

    Raises `Refusal` for another answer.
    """
    if repeated not in (None, MEAN):
        raise Refusal(f"expected “{MEAN}” for --repeated: found {repeated!r}.")
    good = reasons == ""
    rows = frame[good]
    whose = rows.groupby(place_of(frame), observed=True, sort=False)
    labels = _mask(whose["label"].transform("max") != whose["label"].transform("min"), frame)
    reasons = np.where(good & labels, TWO_LABELS, reasons)
    torn = _mask(whose["score"].transform("max") != whose["score"].transform("min"), frame)
    torn = torn & (reasons == "")
    if torn.any() and repeated == MEAN:
        frame = frame.copy()
        means = frame[torn].groupby(place_of(frame), observed=True)["score"].transform("mean")
        frame.loc[torn, "score"] = means
        patches = int((~frame.loc[torn, place_of(frame)].duplicated()).sum())
        note = f"The score of {patches:,} patches is the mean of their {int(torn.sum()):,} rows."
        dropped = _later(frame, reasons == "")
        return Repeats(frame, reasons, dropped, int((dropped & ~torn).sum()), (note,))
    questions = (_question(frame, torn, table, columns),) if torn.any() else ()
    reasons = np.where(torn, TORN, reasons)
    dropped = _later(frame, reasons == "")
    return Repeats(frame, reasons, dropped, int(dropped.sum()), (), questions)


def _mask(of_good: "pd.Series[bool]", frame: pd.DataFrame) -> Mask:
    mask: Mask = of_good.reindex(frame.index, fill_value=False).to_numpy(bool)
    return mask


def _later(frame: pd.DataFrame, good: Mask) -> Mask:
    later = np.zeros(len(frame), bool)
    later[good] = frame.loc[good, place_of(frame)].duplicated(keep="first").to_numpy(bool)
    return later


def _question(frame: pd.DataFrame, torn: Mask, table: pd.DataFrame, columns: Columns) -> Question:
    rows, patches = int(torn.sum()), int((~frame.loc[torn, place_of(frame)].duplicated()).sum())
    said = (
        f"expected one score for each patch: {patches:,} patches come more than once with "
        f"differing scores, in {rows:,} rows. "
    )
    apart = _telling_apart(frame, torn, table, columns)
    mean = f"their mean with --repeated {MEAN}"
    if not apart:
        return Question(f"{said}Take {mean}, or keep one row of each.")
    name, values = apart
    listed = ", ".join(f"“{value[:30]}”" for value in values[:4]) + ", …" * (len(values) > 4)
    cure = f"if it names the slide, say {SLIDES} {name}; else choose" * may_name_slides(name)
    cure = cure or "choose"
    return Question(
        f"{said}The column “{name}” tells them apart ({listed}): {cure} one, such as "
        f"--where {name}={values[0]}, or take {mean}."
    )


def _telling_apart(
    frame: pd.DataFrame, torn: Mask, table: pd.DataFrame, columns: Columns
) -> tuple[str, list[str]] | None:
    """A column of few values, each once a patch, with the most rows to its values."""
    used = set(columns.used())
    place = frame.loc[torn, place_of(frame)]
    found: list[tuple[int, str, list[str]]] = []
    for name in map(str, table.columns):
        values: pd.Series[Any] = table.loc[torn, name].astype("string")
        different = values.dropna().unique()
        if name in used or not 2 <= len(different) <= MOST_VALUES or values.isna().any():
            continue
        if not place.assign(value=values).duplicated().any():
            found.append((len(different), name, [str(value) for value in different]))
    return min(found)[1:] if found else None
