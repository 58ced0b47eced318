"""From the columns of scores to the probability of IDC, and what is to know of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data import label_words
from idc_core.data.known_labels import UNLABELLED
from idc_core.data.tables.column_names import listed_parts
from idc_core.importing.cells import Column, Numbers, numbers
from idc_core.importing.columns import Columns
from idc_core.importing.options import Question
from idc_core.io.refusal import Refusal

DUST = 1e-3 * (1 + 1e-9)
"""How far rounding takes a probability past 0 or 1: the step of a half-precision number at 1."""

TOGETHER = 1e-3
"""How far the probabilities of both classes may be from adding up to 1."""

FEW = 0.05
"""Where more of the scores lie outside 0–1, they are another scale and no slips."""

APART = 0.1
"""Where fewer pairs than this do not add up to 1, those rows are wrong; where more, the columns are
two sigmoids of their own."""

OUTSIDE = "a score outside 0–1"
NO_SCORE = "no score"
NO_PAIR = "scores of both classes that do not add up to 1"


_WORDS = {
    "logit": "logit",
    "log": "logarithm",
    "percent": "probability in percent",
    "confidence": "confidence in the prediction, turned into the probability",
}


@dataclass(frozen=True, slots=True)
class Scores:
    """`values` (n,): the probability of IDC, `nan` where there is none, with the reason there.

    `scale` as the mapping says it; `decided`: they are calls, 0 or 1, and no scores.
    """

    values: Numbers
    reasons: npt.NDArray[np.object_]
    scale: str
    notes: tuple[str, ...]
    decided: bool
    questions: tuple[Question, ...] = ()


def read_scores(
    frame: pd.DataFrame, columns: Columns, scale: str | None, calls: Numbers | None
) -> Scores:
    """Read the scores; `scale` (of `asked.SCALES`) is what was said of them, `calls` (n,) the
    model's decisions, if a column holds them. Raises `Refusal` with the option that answers."""
    name = str(columns.score)
    own = numbers(frame[name])
    values = own.values
    if not np.isfinite(values).any():
        values = called(frame[name])
        if np.isnan(values).all():
            raise Refusal(_no_numbers(frame[name], name))
    notes: list[str] = []
    scale = scale or _scale(values, name, own, calls, columns.score_of)
    other = None if columns.other is None else numbers(frame[columns.other])
    reasons = np.full(len(values), "", dtype=object)
    reasons[np.isnan(values)] = NO_SCORE
    if scale in ("logit", "log"):
        values = _from_logarithm(values, scale, None if other is None else other.values)
        notes.append(_how(scale, name, None if other is None else columns.other))
        other = None
    elif scale == "percent" and not own.percent:
        values = values / 100
        notes.append(f"“{name}” runs from 0 to 100: read as percent, divided by 100.")
        other = None if other is None else Column(other.values / 100, True, other.digits + 2)
    _refuse_infinite(values, name)
    outside = (values < -DUST) | (values > 1 + DUST)
    reasons[outside] = OUTSIDE
    questions = [_outside(values, outside, name)] if outside.any() else []
    dust = ((values < 0) | (values > 1)) & ~outside
    if dust.any():
        far = np.abs(values[dust] - np.clip(values[dust], 0, 1)).max()
        notes.append(
            f"{int(dust.sum()):,} scores lie past 0 or 1 by up to {far:.2g}, which rounding does: "
            "taken as 0 or 1."
        )
    # Adding 0 turns −0 into 0.
    values = np.where(outside, np.nan, np.clip(values, 0, 1) + 0.0)
    if other is not None:
        apart, said = _pair(values, other, own.digits, columns)
        reasons[apart & (reasons == "")] = NO_PAIR
        if apart.any():
            questions.append(Question(said[0]))
        else:
            notes.extend(said)
    if scale == "confidence":
        values = _from_confidence(values, name, columns.call, calls)
        notes.append(
            f"“{name}” is the model's confidence in its prediction in “{columns.call}”: the "
            "probability of IDC is 1 minus it where the call is no IDC."
        )
    elif columns.score_of == "no-idc":
        values = 1 - values
    decided = bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all())
    said_scale = "call" if decided else _WORDS.get(scale, "probability")
    return Scores(values, reasons, said_scale, tuple(notes), decided, tuple(questions))


def scale_of(words: str) -> str:
    """The scale that a mapping says in words.

    >>> scale_of("logarithm"), scale_of("call")
    ('log', 'probability')
    """
    return next((scale for scale, said in _WORDS.items() if said == words), "probability")


def called(column: "pd.Series[Any]") -> Numbers:
    """A column of decisions as 1, 0 or `nan`."""
    codes, different = pd.factorize(column.astype("string"))
    means = [label_words.meaning(str(word)) for word in different]
    known = [np.nan if one is None or one == UNLABELLED else float(one) for one in means]
    return np.array([*known, np.nan])[codes]


def _scale(values: Numbers, name: str, own: Column, calls: Numbers | None, of: str) -> str:
    """What the scores are, by name and content; raises `Refusal` where that is not certain."""
    known = values[~np.isnan(values)]
    finite = known[np.isfinite(known)]
    low, high = float(finite.min()), float(finite.max())
    parts = set(listed_parts(name))
    within = low >= -DUST and high <= 1 + DUST
    if parts & {"logit", "logits"}:
        if not within:
            return "logit"
        raise _ask(
            name,
            low,
            high,
            "a logit by its name, a probability by its numbers",
            ("logit", "probability"),
        )
    if within:
        return "confidence" if _are_confidences(finite, name, calls, of) else "probability"
    if high <= DUST and parts & {"log", "logprob", "logprobs", "logp"}:
        return "log"
    if parts & {"percent", "percentage", "pct", "prc"} and low >= 0 and high <= 100 * (1 + DUST):
        return "percent"
    if np.mean((finite < -DUST) | (finite > 1 + DUST)) <= FEW or own.percent:
        return "probability"
    if low < 0:
        scales = ("logit", "log") if high <= DUST else ("logit",)
        raise _ask(name, low, high, "logits, as it seems", scales)
    if 10 < high <= 100 * (1 + DUST):
        raise _ask(name, low, high, "percentages, as it seems", ("percent",))
    raise Refusal(
        f"expected scores from 0 to 1 in {name!r}: they run from {low:g} to {high:g}, which is "
        "neither a probability nor a percentage. Name another column: --score-column NAME, or, if "
        "they are logits, say --score-scale logit."
    )


def _ask(name: str, low: float, high: float, looks: str, scales: tuple[str, ...]) -> Refusal:
    options = " or ".join(f"--score-scale {scale}" for scale in scales)
    return Refusal(
        f"expected scores from 0 to 1 in {name!r}: they run from {low:g} to {high:g}, {looks}. "
        f"Say which: {options}."
    )


def _are_confidences(values: Numbers, name: str, calls: Numbers | None, of: str) -> bool:
    """Certain where no score is below a half and yet the model calls both classes."""
    if calls is None or of == "no-idc" or len(values) < 20 or values.min() < 0.5 - DUST:
        return False
    return bool((calls == 0).any() and (calls == 1).any())


def _from_confidence(
    values: Numbers, name: str, column: str | None, calls: Numbers | None
) -> Numbers:
    if calls is None:
        raise Refusal(
            f"expected a column with the model's prediction beside its confidence {name!r}: there "
            "is none. Name it: --call-column NAME."
        )
    return np.where(calls == 1, values, np.where(calls == 0, 1 - values, np.nan))


def _from_logarithm(values: Numbers, scale: str, other: Numbers | None) -> Numbers:
    """The sigmoid of logits (of two classes: of their difference), or e to the power of logs."""
    with np.errstate(over="ignore", invalid="ignore"):
        if scale == "log":
            return np.exp(values)
        logit = values if other is None else values - other
        # Each side in the form that loses nothing: e^x where x is far below 0.
        down = np.exp(np.minimum(logit, 0))
        return np.where(logit < 0, down / (1 + down), 1 / (1 + np.exp(-np.maximum(logit, 0))))


def _how(scale: str, name: str, other: str | None) -> str:
    if scale == "log":
        return f"“{name}” holds logarithms of probabilities: e to their power is the score."
    if other is not None:
        return f"“{name}” and “{other}” are logits: the score is the softmax of both."
    return f"“{name}” holds logits: the score is their sigmoid."


def _pair(
    values: Numbers, other: Column, digits: int, columns: Columns
) -> tuple[npt.NDArray[np.bool_], tuple[str, ...]]:
    """Rows whose two probabilities do not add up to 1, and what to say of it."""
    name, beside = str(columns.score), str(columns.other)
    written = max(digits, other.digits)
    rounding = 10.0**-written if written else TOGETHER
    allowed = max(TOGETHER, min(rounding, 0.1)) * (1 + 1e-6)
    both = ~np.isnan(values) & ~np.isnan(other.values)
    apart = both & (np.abs(values + other.values - 1) > allowed)
    none = np.zeros(len(values), bool)
    if not apart.any():
        if allowed > TOGETHER * 1.01 and (np.abs(values + other.values - 1)[both] > TOGETHER).any():
            return none, (f"“{name}” and “{beside}” add up to 1 within their {written} digits.",)
        return none, ()
    row = int(np.argmax(apart))
    example = f"in row {row + 1} they are {values[row]:g} and {other.values[row]:g}"
    if apart.sum() < APART * both.sum():
        return apart, (
            f"expected {name!r} and {beside!r} to add up to 1: {example}, and {apart.sum() - 1:,} "
            f"more rows do not. Correct them, or name the column that holds: "
            f"--score-column {name}.",
        )
    if both.sum() < 3 or not _against_each_other(values[both], other.values[both]):
        raise Refusal(
            f"expected {name!r} and {beside!r} to add up to 1, or to fall as the other rises, as "
            f"scores of two classes do: {example}. Name the one that holds: --score-column {name} "
            f"for the probability of IDC, or --score-column {beside} --score-of no-idc."
        )
    return none, (
        f"“{name}” and “{beside}” do not add up to 1 ({example}): two sigmoids of their own, or "
        f"two of more classes. The score is “{name}”; for the other: --score-column {beside} "
        "--score-of no-idc.",
    )


def _against_each_other(one: Numbers, other: Numbers) -> bool:
    if one.std() == 0 or other.std() == 0:
        return False
    return float(np.corrcoef(one, other)[0, 1]) < -0.5


def _outside(values: Numbers, outside: npt.NDArray[np.bool_], name: str) -> Question:
    row, rest = int(np.argmax(outside)), int(outside.sum()) - 1
    more = f", and {rest:,} more are outside" if rest else ""
    return Question(
        f"expected scores from 0 to 1 in {name!r}: row {row + 1} holds {values[row]:g}{more}; the "
        f"other {int((~outside & ~np.isnan(values)).sum()):,} lie within. Correct these rows."
    )


def _refuse_infinite(values: Numbers, name: str) -> None:
    infinite = np.isinf(values)
    if infinite.any():
        row = int(np.argmax(infinite))
        raise Refusal(
            f"expected scores from 0 to 1 in {name!r}: row {row + 1} holds {values[row]:g}, and "
            f"{int(infinite.sum()) - 1:,} more are infinite, as after a division by zero or an "
            "overflow. Score these patches again, or take their rows out."
        )


def _no_numbers(column: "pd.Series[Any]", name: str) -> str:
    cell = next((str(cell) for cell in column.dropna() if str(cell).strip()), None)
    found = "its cells are empty" if cell is None else f"it holds texts like {cell[:40]!r}"
    return (
        f"expected numbers from 0 to 1 in the column {name!r}: {found}. "
        "Name another: --score-column NAME."
    )
