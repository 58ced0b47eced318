"""The one judge of loss: what was left out, of what kind it is, and whether that is a question.

Whoever leaves out rows, files or patches hands over what was kept and what was not. The same count
lost evenly only makes the set smaller; lost from one class, one split, whole patients or the errors
it makes another set of it, and its figures are of something else. Nobody goes on then unasked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.loss_groups import RIGHT, Group, class_words, falls_on, groups, members, rest_of
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.records import manifest
from idc_core.records.manifest import Loss

OPTION = "--accept-loss"
"""How every command is told to go on without what it asked about."""

SAID = 0.01
"""Above this share of all, a loss is said with its reasons."""

MUCH = 0.10
"""Above this share of all, a loss is a question whomever it falls on."""

PATIENT = 0.5
"""A patient who lost more than this, far above the rest, is asked about as one lost whole."""

NAMED = 3
"""How many patients a sentence names."""

THRESHOLD = 0.5
"""Where a call is made to say which are errors, as long as nobody chose another threshold."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out (`lost` of `total` items, called `noun`), by reason and by kind.

    Reasons by count, groups by the share that they lost; `patients` holds only those who lost
    something. `sentences` is empty up to `SAID` of all; `questions` name the options that answer.
    """

    noun: str
    total: int
    lost: int
    reasons: dict[str, int]
    classes: tuple[Group, ...]
    splits: tuple[Group, ...]
    calls: tuple[Group, ...]
    patients: tuple[Group, ...]
    sentences: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.lost / self.total if self.total else 0.0

    def refuse(self, *, accepted: bool) -> None:
        """Raise `Refusal` with the questions, unless the loss is accepted."""
        if self.questions and not accepted:
            raise Refusal(" ".join(self.questions))

    def facts(self) -> Loss:
        """For `run.json` and manifests: counts by reason, class, split, call and patient."""
        return Loss(
            of=self.noun,
            total=self.total,
            left_out=self.lost,
            reasons=dict(self.reasons),
            classes=_recorded(self.classes),
            sides=_recorded(self.splits),
            calls=_recorded(self.calls),
            patients=_recorded(self.patients),
            sentences=list(self.sentences),
            accepted=list(self.questions),
        )


def _recorded(groups: Iterable[Group]) -> list[manifest.Group]:
    return [manifest.Group(**asdict(group)) for group in groups]


def judge(
    kept: pd.DataFrame,
    left: pd.DataFrame,
    *,
    noun: str = "rows",
    cures: Mapping[str, str] | None = None,
) -> LeftOut:
    """Judge the loss of `left` beside what was `kept`, a row an item.

    `left` has the column `reason` (text); both may have `label` (1, 0, else unknown), `split`,
    `patient` (texts) and `right` (whether the call agrees with the label), each missing where it is
    not known. `cures` says for a reason which option answers it, as half a sentence: "say what the
    words mean: --label-words WORD=idc".
    """
    found = LeftOut(
        noun,
        len(kept) + len(left),
        len(left),
        _reasons(left),
        groups(kept, left, "label"),
        groups(kept, left, "split"),
        groups(kept, left, "right"),
        tuple(group for group in groups(kept, left, "patient") if group.lost),
    )
    questions = tuple(_questions(found, left, cures or {})) if found.lost else ()
    sentences = tuple(_sentences(found)) if found.share > SAID else ()
    return replace(found, questions=questions, sentences=sentences)


def right_calls(
    labels: npt.ArrayLike, scores: npt.ArrayLike, threshold: float = THRESHOLD
) -> "pd.Series[Any]":
    """Whether `score >= threshold` says what the label says; missing where either is unknown.

    >>> right_calls([1, 0, 1, -1], [0.9, 0.9, 0.1, 0.9]).tolist()
    [True, False, False, <NA>]
    """
    label, score = np.asarray(labels, np.float64), np.asarray(scores, np.float64)
    right = pd.Series((score >= threshold) == (label == 1)).astype("boolean")
    return right.mask(~is_known(label) | np.isnan(score))


def _reasons(left: pd.DataFrame) -> dict[str, int]:
    reasons = left["reason"] if len(left) else pd.Series(dtype=object)
    counts = reasons.astype(str).value_counts()
    pairs = [(str(reason), int(count)) for reason, count in counts.items()]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _questions(found: LeftOut, left: pd.DataFrame, cures: Mapping[str, str]) -> list[str]:
    """Each a full sentence that starts with what was expected."""
    said = [
        *_falling_on(found.classes, left, "label", "one class", f"{found.noun} labelled", cures),
        *_falling_on(found.splits, left, "split", "one split", f"{found.noun} of the split", cures),
        *_falling_on(found.calls, left, "right", "the errors", "of the model's", cures),
    ]
    if whole := _lost_patients(found):
        names = [group.name for group in whole]
        mine = members(left, "patient", names)
        listed = ", ".join(name[:64] for name in names[:NAMED]) + ", …" * (len(names) > NAMED)
        nearly = "" if all(group.share == 1 for group in whole) else " or nearly so"
        said.append(
            f"expected to keep every patient: {counted(len(names), 'patient')} ({listed}) would "
            f"be lost whole{nearly},{_because(mine)}. {_answer(mine, cures)}"
        )
    if not said and (only := _only_class_left(found, left)):
        said.append(
            f"expected both classes: without the {found.lost:,} {found.noun} left out,"
            f"{_because(left)}, all {found.total - found.lost:,} are labelled {only}. "
            f"{_answer(left, cures)}"
        )
    if not said and found.share > MUCH:
        said.append(
            f"expected to take nearly all {found.total:,} {found.noun}: {found.lost:,} "
            f"({100 * found.share:.0f} %) are left out,{_because(left)}. {_answer(left, cures)}"
        )
    return said


def _falling_on(
    all_: tuple[Group, ...],
    left: pd.DataFrame,
    column: str,
    what: str,
    of: str,
    cures: Mapping[str, str],
) -> list[str]:
    said = []
    for group in all_:
        rest = rest_of(all_, group)
        if group.name == RIGHT or not falls_on(group, rest):
            continue
        mine = members(left, column, [group.name])
        every = "all" if group.lost == group.total else f"{group.lost:,} of the"
        said.append(
            f"expected no loss that falls on {what}: {every} {group.total:,} {of} {group.name} "
            f"are left out, and {rest.lost:,} of the other {rest.total:,},{_because(mine)}. "
            f"{_answer(mine, cures)}"
        )
    return said


def _lost_patients(found: LeftOut) -> list[Group]:
    lost, total = found.lost, found.total
    return [
        group
        for group in found.patients
        if group.lost == group.total
        or falls_on(group, Group("", lost - group.lost, total - group.total), PATIENT)
    ]


def _only_class_left(found: LeftOut, left: pd.DataFrame) -> str | None:
    """The one class that is kept, if the other may be among what is not: labelled so, or unread."""
    kept = {group.name for group in found.classes if group.total > group.lost}
    if len(kept) != 1 or "label" not in left:
        return None
    known = class_words(left["label"])
    return min(kept) if len(known) < len(left) or set(known) - kept else None


def _because(left: pd.DataFrame) -> str:
    reason, count = next(iter(_reasons(left).items()))
    return f"{' most of them' * (count < len(left))} for “{reason}”"


def _answer(left: pd.DataFrame, cures: Mapping[str, str]) -> str:
    known = [cures[reason] for reason in _reasons(left) if reason in cures]
    cure = f"{known[0][0].upper()}{known[0][1:]}, or go" if known else "Go"
    return f"{cure} on without them: {OPTION}."


def _sentences(found: LeftOut) -> list[str]:
    reasons = "; ".join(f"{count:,} for “{reason}”" for reason, count in found.reasons.items())
    said = [
        f"{found.lost:,} of {found.total:,} {found.noun} ({100 * found.share:.1f} %) are left out: "
        f"{reasons}."
    ]
    for what, all_ in (("class", found.classes), ("split", found.splits), ("call", found.calls)):
        if len(all_) > 1 and any(group.lost for group in all_):
            said.append(f"Left out by {what}: {_listed(all_)}.")
    if found.patients:
        more = ", …" * (len(found.patients) > NAMED)
        said.append(
            f"Left out from {counted(len(found.patients), 'patient')}, most from "
            f"{_listed(found.patients[:NAMED])}{more}."
        )
    return said


def _listed(all_: tuple[Group, ...]) -> str:
    return ", ".join(f"{group.name} {group.lost:,} of {group.total:,}" for group in all_)
