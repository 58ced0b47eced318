"""From the columns of a table to predictions, and the rows that are left out, with reasons.

Numbers of rows count from 1, the first row under the header, as a spreadsheet shows them less one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE, place_of
from idc_core.data.tables import names
from idc_core.importing import repeats
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked, Question
from idc_core.importing.scores import called, read_scores
from idc_core.importing.split_words import OPTION as SPLIT_WORDS
from idc_core.importing.split_words import splits_in_column
from idc_core.importing.truth import read_labels
from idc_core.io import tabular
from idc_core.io.refusal import Refusal

NO_PLACE = "no place of patient, x and y"

Settle = Callable[[pd.DataFrame], tuple[pd.DataFrame, tuple[str, ...]]]
"""Brings patients and places into the product's own: takes rows that have a `patient`, `x` and `y`
(doubles), a `slide` where the table names one, `label` and `score` (`nan` where unknown), in the
order of the table; gives the same rows back, changed, and what to say of it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Predictions (`runs.prediction_columns` without split and file, plus `split`: text or missing,
    and `row`); what was left out (the same columns, where known, plus `entry` and `reason`); how
    often a patch came again unchanged; where labels come from and what the scores are, as the
    mapping says it; notes; unknown label words with their counts; questions."""

    rows: pd.DataFrame
    rejects: pd.DataFrame
    again: int
    source: str
    scale: str
    notes: tuple[str, ...] = ()
    unknown: dict[str, int] | None = None
    questions: tuple[Question, ...] = ()


def place(
    table: pd.DataFrame,
    columns: Columns,
    asked: Asked | None = None,
    *,
    sure: bool = False,
    settle: Settle | None = None,
) -> Placed:
    """Read every row; raises `Refusal` for scores that are no probabilities.

    `table` is numbered from 0, without the rows that were not asked for. `sure`: whoever brings the
    table named the column of labels.
    """
    asked = asked or Asked()
    number = table.index.to_numpy(np.int64) + 1
    table = table.reset_index(drop=True)
    read = _where(table, columns, asked)
    scores = read_scores(table, columns, asked.scale, _calls(table, columns))
    frame = read.frame.assign(score=scores.values, row=number)
    labels = read_labels(
        table, columns, frame["label"].to_numpy(np.float64), scores.values, asked, sure=sure
    )
    frame["label"] = labels.values
    notes = [*read.notes]
    if columns.split is not None:
        frame["split"] = _splits(table[columns.split], columns.split, asked, number)
    reasons = _first_of(read.reasons, labels.reasons, scores.reasons)
    frame, moved = _settled(frame, reasons, settle)
    reasons = _first_of(reasons, _no_whole_place(frame))
    found = repeats.resolve_repeats(frame, reasons, table, columns, asked.repeated)
    refused = found.reasons != ""
    rejects = frame[refused].assign(
        entry=_entry(table[refused], columns), reason=found.reasons[refused]
    )
    kept = found.frame[~refused & ~found.dropped].reset_index(drop=True)
    return Placed(
        kept,
        rejects.reset_index(drop=True),
        found.again,
        labels.source,
        scores.scale,
        (*notes, *scores.notes, *labels.notes, *moved, *found.notes),
        labels.unknown,
        (*labels.questions, *scores.questions, *found.questions),
    )


def _where(table: pd.DataFrame, columns: Columns, asked: Asked) -> names.Names:
    """`patient, x, y, label`, and `slide` where the table names one, of every row, missing where
    they cannot be read."""
    found = _in_names(table, columns, asked) if columns.path else _in_cells(table, columns, asked)
    if columns.slide is None:
        return found
    slides = names.of_slides(table[columns.slide])
    return names.Names(
        found.frame.assign(**{SLIDE: slides.frame[SLIDE]}),
        _first_of(found.reasons, slides.reasons),
        (*found.notes, *slides.notes),
    )


def _in_names(table: pd.DataFrame, columns: Columns, asked: Asked) -> names.Names:
    """By the file names; beside a slide the patient of its own column holds."""
    found = names.of_files(table[str(columns.path)], asked.strip_prefix)
    if columns.slide is None or columns.patient is None:
        return found
    whose = names.of_patients(table[columns.patient], asked.strip_prefix)
    return names.Names(
        found.frame.assign(patient=whose.frame["patient"]),
        _first_of(found.reasons, whose.reasons),
        (*found.notes, *whose.notes),
    )


def _in_cells(table: pd.DataFrame, columns: Columns, asked: Asked) -> names.Names:
    found = names.of_patients(table[str(columns.patient)], asked.strip_prefix)
    numbers = {
        name: tabular.numbers(table[str(column)])
        for name, column in (("x", columns.x), ("y", columns.y))
    }
    frame = found.frame.assign(**numbers, label=np.full(len(table), np.nan))
    nowhere = ~np.isfinite(frame[["x", "y"]].to_numpy(np.float64)).all(axis=1)
    reasons = np.where((found.reasons == "") & nowhere, NO_PLACE, found.reasons)
    return names.Names(frame, reasons, found.notes)


def _calls(table: pd.DataFrame, columns: Columns) -> npt.NDArray[np.float64] | None:
    return None if columns.call is None else called(table[columns.call])


def _splits(
    column: "pd.Series[Any]", name: str, asked: Asked, number: npt.NDArray[np.int64]
) -> "pd.Series[Any]":
    """The split of every row, missing where its cell is empty."""
    texts = column.astype("string")
    different = [str(word) for word in texts.dropna().unique()]
    splits = splits_in_column(different, asked.split_words)
    if splits is None:
        strange = next(
            word for word in different if splits_in_column([word], asked.split_words) is None
        )
        row = number[np.flatnonzero((texts == strange).to_numpy(bool, na_value=False))[0]]
        raise Refusal(
            f"expected the splits train, validation, test or unused in {name!r}: row {row} holds "
            f"{strange!r}. Say which split that is, such as {SPLIT_WORDS} "
            f'"{strange[:40]}=validation".'
        )
    return texts.map(splits, na_action="ignore")


def _settled(
    frame: pd.DataFrame, reasons: npt.NDArray[np.object_], settle: Settle | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if settle is None:
        return frame, ()
    has_place = reasons == ""
    moved, notes = settle(frame.loc[has_place, [*place_of(frame), "label", "score"]])
    frame = frame.copy()
    for name in ("x", "y"):
        frame.loc[has_place, name] = moved[name].to_numpy(np.float64)
    for name in place_of(frame)[:-2]:
        if not moved[name].equals(frame.loc[has_place, name]):
            called = frame[name].astype(object)
            called[has_place] = moved[name].to_numpy(object)
            frame[name] = called.astype("category")
    return frame, notes


def _no_whole_place(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    place = frame[["x", "y"]].to_numpy(np.float64)
    return np.where((place != np.round(place)).any(axis=1), NO_PLACE, "").astype(object)


def _first_of(*all_: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The first reason of each row that is one."""
    found = np.full(len(all_[0]), "", dtype=object)
    for reasons in all_:
        found = np.where(found == "", reasons, found)
    return found


def _entry(table: pd.DataFrame, columns: Columns) -> "pd.Series[str]":
    texts = [table[name].astype("string").fillna("") for name in columns.placed()]
    joined = texts[0]
    for more in texts[1:]:
        joined = joined + " " + more
    return joined.str.slice(0, 200)
