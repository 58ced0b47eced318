"""From the columns of a table to predictions, and the rows that cannot be placed, with reasons.

Numbers of rows count from 1, the first row under the header, as a spreadsheet shows them less one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idc_core.importing.columns import Columns
from idc_core.refusal import Refusal
from idc_core.sides import WORDS

IDC_WORDS = ("1", "1.0", "idc", "positive", "pos", "malignant", "cancer", "tumor", "tumour", "yes",
             "true", "class1", "idc(+)", "idc+", "idc positive", "idc_positive")  # fmt: skip
OTHER_WORDS = ("0", "0.0", "non-idc", "non_idc", "nonidc", "non idc", "no idc", "no-idc", "no_idc",
               "negative", "neg", "benign", "normal", "healthy", "no", "false", "class0", "idc(-)",
               "idc-", "idc negative", "idc_negative")  # fmt: skip

TOGETHER = 1e-3
"""How far the probabilities of both classes may be from adding up to 1."""

_NAME = (
    r"^(?:.*[/\\])?(?P<patient>[A-Za-z0-9-][A-Za-z0-9_-]{0,63}?)_idx\d{1,3}"
    r"_x(?P<x>\d{1,6})_y(?P<y>\d{1,6})_class(?P<label>[01])(?:\.[A-Za-z]{2,5})?$"
)
_PATIENT = r"^[A-Za-z0-9_-]{1,64}$"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Placed:
    """Predictions (`runs.PREDICTION_COLUMNS` without split, plus `side`: text or missing, and
    `row`), what was refused (`row, entry, reason`), and how often a patch came again unchanged."""

    rows: pd.DataFrame
    rejects: pd.DataFrame
    again: int
    backwards: bool


def place(table: pd.DataFrame, columns: Columns) -> Placed:
    """Read every row; raises `Refusal` by row for scores that are no probabilities."""
    frame = _where(table, columns)
    frame["row"] = np.arange(1, len(frame) + 1, dtype=np.int64)
    frame["score"] = _scores(table, columns)
    if columns.split is not None:
        words = table[columns.split].astype("string").str.strip().str.lower()
        frame["side"] = words.map(lambda word: WORDS.get(word, word), na_action="ignore")
    reasons = _reasons(frame, _labels(table, columns), columns)
    refused = reasons != ""
    rejects = pd.DataFrame(
        {
            "row": frame.loc[refused, "row"],
            "entry": _entry(table[refused], columns),
            "reason": reasons[refused],
        }
    )
    kept = frame[~refused]
    twice = kept.duplicated(["patient", "x", "y"], keep="first")
    return Placed(
        kept[~twice].reset_index(drop=True),
        rejects.reset_index(drop=True),
        int(twice.sum()),
        columns.score_of == "no-idc",
    )


def _where(table: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """`patient, x, y, label` of every row, missing where they cannot be read."""
    if columns.path is not None:
        texts = pa.array(table[columns.path].astype("string"), type=pa.large_string())
        found = pc.extract_regex(texts, pattern=_NAME)
        parts = {name: pc.struct_field(found, name) for name in ("patient", "x", "y", "label")}
        patient = parts["patient"]
        numbers = {name: _whole(parts[name]) for name in ("x", "y", "label")}
    else:
        patient = pa.array(table[columns.patient].astype("string"), type=pa.large_string())
        patient = pc.if_else(pc.match_substring_regex(patient, _PATIENT), patient, None)
        numbers = {
            name: pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64)
            for name, column in (("x", columns.x), ("y", columns.y))
        }
        numbers["label"] = np.full(len(table), np.nan)
    named = patient.dictionary_encode().to_pandas()
    return pd.DataFrame({"patient": named, **numbers})


def _whole(texts: pa.Array) -> npt.NDArray[np.float64]:
    numbers: npt.NDArray[np.float64] = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _scores(table: pd.DataFrame, columns: Columns) -> npt.NDArray[np.float64]:
    """The probability of IDC; missing where there is no number."""
    values = _numbers(table[columns.score])
    outside = (values < 0) | (values > 1)
    if outside.any():
        row = int(np.argmax(outside))
        raise Refusal(
            f"expected scores from 0 to 1 in {columns.score!r}: row {row + 1} holds "
            f"{values[row]:g}, and {int(outside.sum()) - 1:,} more are outside. {_cure(values)}"
        )
    if columns.other is not None:
        other = _numbers(table[columns.other])
        apart = np.abs(values + other - 1) > TOGETHER
        if apart.any():
            row = int(np.argmax(apart))
            raise Refusal(
                f"expected {columns.score!r} and {columns.other!r} to add up to 1: in row {row + 1}"
                f" they are {values[row]:g} and {other[row]:g}. Name the one that holds: "
                "--score-column NAME."
            )
    score: npt.NDArray[np.float64] = 1 - values if columns.score_of == "no-idc" else values
    return score


def _numbers(column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    """A column as doubles; missing where there is no number.

    A float32 (of a Parquet file) is read as what it says: 0.7, not 0.699999988, so that a threshold
    of 0.7 finds it.
    """
    numbers = pd.to_numeric(column, errors="coerce").to_numpy()
    if numbers.dtype != np.float32:
        return numbers.astype(np.float64)
    said, place = np.unique(numbers, return_inverse=True)
    return np.array([float(str(number)) for number in said], np.float64)[place]


def _cure(values: npt.NDArray[np.float64]) -> str:
    if np.nanmin(values) >= 0 and np.nanmax(values) <= 100:
        return "They look like percentages: divide them by 100."
    return "If they are logits, pass them through a sigmoid first."


def _labels(table: pd.DataFrame, columns: Columns) -> npt.NDArray[np.float64] | None:
    """Label that the table says, 0 or 1; missing where it is not understood."""
    if columns.label is None:
        return None
    texts = table[columns.label].astype("string").str.strip().str.lower()
    known = dict.fromkeys(IDC_WORDS, 1.0) | dict.fromkeys(OTHER_WORDS, 0.0)
    return np.asarray(texts.map(known).to_numpy(np.float64, na_value=np.nan), np.float64)


def _reasons(
    frame: pd.DataFrame, said: npt.NDArray[np.float64] | None, columns: Columns
) -> npt.NDArray[np.object_]:
    """Why each row is refused; empty for those that are taken. Fills in labels the table says."""
    reasons = np.full(len(frame), "", dtype=object)

    def refuse(mask: Mask, reason: str) -> None:
        reasons[mask & (reasons == "")] = reason

    lost = frame["patient"].isna().to_numpy(copy=True)
    place = frame[["x", "y"]].to_numpy(np.float64)
    lost |= ~np.isfinite(place).all(axis=1) | (place != np.round(place)).any(axis=1)
    example = "like 10253_idx5_x1001_y1051_class0.png" if columns.path else "of patient, x and y"
    refuse(lost, f"no place {example}")
    if said is not None:
        named = frame["label"].to_numpy(np.float64)
        refuse(np.isnan(said), "a label that is neither IDC nor no IDC")
        refuse(np.isfinite(named) & (named != said), "the label disagrees with the file name")
        frame["label"] = said
    refuse(np.isnan(frame["score"].to_numpy()), "no score")
    again = frame[reasons == ""].groupby(["patient", "x", "y"], observed=True)["score"]
    unequal = again.transform("max") != again.transform("min")
    torn = np.zeros(len(frame), dtype=bool)
    torn[unequal.index[unequal]] = True
    refuse(torn, "the patch is there again with another score")
    return reasons


def _entry(table: pd.DataFrame, columns: Columns) -> "pd.Series[str]":
    names = [columns.path] if columns.path else [columns.patient, columns.x, columns.y]
    said = table[str(names[0])].astype("string").fillna("")
    for name in names[1:]:
        said = said + " " + table[str(name)].astype("string").fillna("")
    return said.str.slice(0, 200)
