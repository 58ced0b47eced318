"""Which label a patch has, where a file name and columns speak of it; and which column is a call.

The file name's label is the truth of this data set. A column called `label` or `class` is often the
model's own call, `score >= t` for some t: taken for the truth it would agree with the scores
everywhere, and every error would vanish.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data import label_words
from idc_core.data.known_labels import UNLABELLED
from idc_core.data.label_words import Understood, understand
from idc_core.data.tables.column_names import KNOWN, all_of
from idc_core.importing.cells import Numbers
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked, Question
from idc_core.io.refusal import Refusal

SAME = 0.995
"""A column that agrees with `score >= t` in this share of rows is the model's call: rounding of
scores near t makes the rest."""

ENOUGH = 50
"""Below this many rows a good model may well be right everywhere."""

WORD = "a label word that is not understood"
DISAGREES = "the label disagrees with the file name"


@dataclass(frozen=True, slots=True)
class Labels:
    """`values` (n,): 1, 0 or `UNLABELLED`, `nan` with its reason where a row has none; where they
    come `source`, as the mapping says it; what to know; words that mean nothing, with counts; and
    questions that must be answered first."""

    values: Numbers
    reasons: npt.NDArray[np.object_]
    source: str
    notes: tuple[str, ...]
    unknown: dict[str, int]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a column says: 1, 0, `UNLABELLED`, `nan` where it is not understood."""

    column: str
    values: Numbers
    understood: Understood

    def against(self, named: Numbers) -> npt.NDArray[np.bool_]:
        """Where it says another class than the file name."""
        other: npt.NDArray[np.bool_] = (named + self.values == 1) & (self.values >= 0)
        return other

    def agrees(self, named: Numbers) -> bool:
        """Whether it says what the file name says, wherever both say something."""
        both = ~np.isnan(named) & (self.values >= 0)
        return bool(both.any()) and not self.against(named).any()


def read_labels(
    frame: pd.DataFrame,
    columns: Columns,
    named: Numbers,
    scores: Numbers,
    asked: Asked,
    *,
    sure: bool = False,
) -> Labels:
    """Read the labels; `named` (n,) are the file names', `nan` where they say none.

    `sure`: whoever brings the table named the column of labels.
    """
    candidates = (
        columns.labels
        if columns.label is None
        else (columns.label, *(name for name in columns.labels if name != columns.label))
    )
    said = [_said(frame[name], name, asked) for name in candidates]
    has_name = ~np.isnan(named)
    if asked.labels_from == "none":
        return _of(np.full(len(frame), float(UNLABELLED)), "no labels")
    if asked.labels_from == "file-name" and not has_name.any():
        raise Refusal(
            "expected file names that end in _class0 or _class1 for --label-from file-name: "
            "there are none."
        )
    if not said or asked.labels_from == "file-name":
        values = np.where(has_name, named, UNLABELLED)
        return _of(
            values,
            "label from the file name" if has_name.any() else "no labels",
            () if has_name.any() else (UNLABELLED_NOTE,),
        )
    if not has_name.any() or asked.labels_from == "column":
        return _from_column(said[0], columns, scores, sure or asked.labels_from == "column")
    return _beside_names(said, named, scores)


UNLABELLED_NOTE = (
    "No label is given: the run opens without figures that need one. Name a column that holds "
    "labels: --label-column NAME."
)


def _beside_names(said: list[_Said], named: Numbers, scores: Numbers) -> Labels:
    """File names speak: they hold, and the columns are held against them."""
    notes = []
    against: _Said | None = None
    for each in said:
        apart = each.against(named)
        if not apart.any():
            continue
        threshold = threshold_of(each.values, scores)
        if threshold is not None:
            notes.append(
                f"“{each.column}” is the model's call, not the label: it says what score ≥ "
                f"{threshold:.3g} says, and differs from the file name in {int(apart.sum()):,} "
                "rows. The file name's label is used, and no row is lost."
            )
        elif apart.sum() == ((each.values >= 0) & ~np.isnan(named)).sum():
            notes.append(
                f"“{each.column}” says the opposite of the file name in every row: the file name's "
                "label is used."
            )
        elif against is None:
            against = each
    for each in said:
        if each.understood.unknown:
            notes.append(
                f"Words in “{each.column}” that are not understood: "
                f"{label_words.asked_about(each.understood.unknown)}. The file name's label is "
                "used."
            )
    same = [each.column for each in said if each.agrees(named)]
    source = "label from the file name" + (f", as in “{same[0]}”" if same else "")
    column = said[0].values
    values = np.where(np.isnan(named), column, named)
    reasons = np.full(len(values), "", dtype=object)
    reasons[np.isnan(values)] = WORD
    if against is not None:
        reasons[against.against(named)] = DISAGREES
    return Labels(values, reasons, source, tuple(notes), {}, ())


def _from_column(said: _Said, columns: Columns, scores: Numbers, sure: bool) -> Labels:
    """The column alone speaks."""
    reasons = np.full(len(said.values), "", dtype=object)
    reasons[np.isnan(said.values)] = WORD
    unknown = dict(said.understood.unknown)
    questions = list(_questions(said, columns, scores, sure))
    missing = int((said.values == UNLABELLED).sum())
    notes = []
    if missing == len(said.values):
        notes.append(UNLABELLED_NOTE)
    elif missing:
        notes.append(
            f"{missing:,} of {len(said.values):,} rows have no label in “{said.column}”: they are "
            "kept without one, and are in no figure that needs it."
        )
    return Labels(
        said.values, reasons, f"label from “{said.column}”", tuple(notes), unknown, tuple(questions)
    )


def _questions(said: _Said, columns: Columns, scores: Numbers, sure: bool) -> Iterator[Question]:
    unknown = said.understood.unknown
    known = {label for label in said.understood.meanings.values() if label in (0, 1)}
    if unknown:
        yield Question(
            f"expected IDC, no IDC or nothing as label in {said.column!r}: "
            f"{label_words.asked_about(unknown)} {'is' if len(unknown) == 1 else 'are'} not "
            f"understood. Say what is meant, such as {_answer(said, known)}."
        )
    sure = sure or bool(all_of([said.column], KNOWN["truth"]))
    if sure or columns.call is not None or len(said.values) < ENOUGH:
        return
    threshold = threshold_of(said.values, scores, same=1.0)
    if threshold is not None:
        yield Question(
            f"expected labels in {said.column!r}: in every row it says what score ≥ "
            f"{threshold:.3g} says, as the model's own call does. If it is the label, and the "
            "model is right everywhere, say --label-from column; if it is the call, name the "
            "label with --label-column NAME, or bring the table unlabelled: --label-from none.",
            of_loss=False,
        )


def _answer(said: _Said, known: set[int]) -> str:
    """The option for the words of a column, typed out."""
    if set(said.understood.meanings) | set(said.understood.unknown) == {"1", "2"}:
        # Classes counted from 1: the word 1 is not what it seems either.
        return f'{label_words.OPTION} "1=no-idc, 2=idc"'
    return label_words.answer(said.understood.unknown, sorted(known))


def threshold_of(values: Numbers, scores: Numbers, *, same: float = SAME) -> float | None:
    """The t for which `score >= t` is what the column says, in a share `same` of all rows.

    None where there is none, or where the column or the scores hold one value only.

    >>> threshold_of(np.array([0.0, 0, 1, 1]), np.array([0.1, 0.4, 0.6, 0.9]))
    0.6
    """
    known = (values >= 0) & ~np.isnan(scores)
    said, score = values[known] == 1, scores[known]
    if not said.any() or said.all() or len(np.unique(score)) < 3:
        return None
    order = np.argsort(-score, kind="stable")
    score, said = score[order], said[order]
    # Calling the first k: those said among them, and those not said behind them, agree.
    agree = np.cumsum(said) + (~said).sum() - np.cumsum(~said)
    last = np.append(score[1:] != score[:-1], True)
    agree = np.where(last, agree, -1)
    best = int(np.argmax(agree))
    return float(score[best]) if agree[best] >= same * len(said) else None


def _said(column: "pd.Series[Any]", name: str, asked: Asked) -> _Said:
    texts = _as_texts(column)
    codes, different = pd.factorize(texts)
    counts = np.bincount(codes[codes >= 0], minlength=len(different))
    by_word = {str(word): int(count) for word, count in zip(different, counts, strict=True)}
    understood = understand(by_word, asked.words)
    means = [float(understood.meanings.get(str(word), np.nan)) for word in different]
    return _Said(name, np.array([*means, UNLABELLED], np.float64)[codes], understood)


def _as_texts(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Cells as texts; whole numbers without their point."""
    if column.dtype.kind == "f":
        whole = column.dropna()
        if (whole == whole.round()).all():
            column = column.astype("Int64")
    return column.astype("string")


def _of(values: Numbers, source: str, notes: tuple[str, ...] = ()) -> Labels:
    reasons = np.full(len(values), "", dtype=object)
    return Labels(values, reasons, source, notes, {}, ())
