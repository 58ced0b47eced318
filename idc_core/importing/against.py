"""A table held against what is known on this machine: what fits, in sentences with the option that
mends it.

Nothing is claimed of fewer than `FEWEST` patches in both, nor below `FITS` of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.importing.fits import FEWEST, FITS, Fit, Move, Table, fit, slides_of
from idc_core.importing.known import Known, keys_of, known_with
from idc_core.metrics.curves import Ranked

REVERSED, AGREE = 0.1, 0.98
"""Shares of labels that agree: below, they are reversed; from here on, they are the same."""

_ALIKE = 0.99
_DIGITS = 4
_DISTINCT = 50
"""Different scores below which two lists may be alike by chance."""

CLEARLY = 0.1
"""So much the ROC-AUC of the same scores differs where one of two orders is the right one."""

FITTING = ("same", "same scores", "order there")
"""Kinds of findings that leave nothing to mend."""

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that fits: `kind` is same, moved, spelled, labels reversed, labels differ, slides
    unnamed, same scores, scores reversed, order lost or order there (the run's); `source` the store
    or run, empty where it is nothing that the table could be read as."""

    kind: str
    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it. `fits`: how the table is read as each store and run that it fits."""

    findings: tuple[Finding, ...] = ()
    fits: tuple[Fit, ...] = ()

    @property
    def labels(self) -> str | None:
        """`agree`, `reversed` or `differ`, by the first store or run that knows; else None."""
        for each in self.fits:
            if each.agree + each.differ >= FEWEST:
                share = each.agreement
                return "agree" if share >= AGREE else "reversed" if share <= REVERSED else "differ"
        return None

    def like(self, name: str) -> Fit | None:
        """How the table is read as the store or run of this name."""
        return next((each for each in self.fits if each.known.name == name), None)


def hold(table: Table, data: Path, models: Path, *, besides: Sequence[str] = ()) -> Held:
    """Compare a table with all stores and runs; `besides`: runs that are being replaced."""
    found: list[Finding] = []
    fits: list[Fit] = []
    placed: set[str] = set()
    for known in known_with(set(table.names), data, models):
        if known.is_run and known.name in besides:
            continue
        found += _without_slides(table, known)
        fitting = fit(table, known)
        if fitting is None:
            continue
        fits.append(fitting)
        said = list(_of_places(fitting))
        # A run of a store that has spoken says nothing new of places and labels.
        new = [each for each in said if each.kind not in placed]
        if not known.is_run or not placed:
            found += new
            placed |= {each.kind for each in said}
        if known.is_run:
            found += _of_scores(table, known, fitting)
    return Held(_same_scores_once(found), tuple(fits))


def _same_scores_once(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """One sentence, however many runs hold the same scores: it is imported again and again."""
    same = [each for each in found if each.kind == "same scores"]
    if len(same) < 2:
        return tuple(found)
    others = "another run" if len(same) == 2 else f"{len(same) - 1:,} other runs"
    first = replace(same[0], sentence=f"{same[0].sentence[:-1]}, and of {others}.")
    return (*(each for each in found if each not in same), first)


def _of_places(fitting: Fit) -> list[Finding]:
    conditions = [fitting.words()] if not fitting.move.plain else []
    for noun in ("patient", "slide"):
        spelled = [each for each in fitting.spelled if each.noun == noun]
        if spelled:
            others = f" (and {len(spelled) - 1:,} more)" if len(spelled) > 1 else ""
            conditions.append(f"“{spelled[0].theirs}” is read as {noun} {spelled[0].ours}{others}")
    start, name = fitting.start(), fitting.known.name
    if not conditions:
        return [Finding("same", name, f"{start}."), *_of_labels(fitting)]
    kind = "spelled" if fitting.move.plain else "moved"
    sentence = f"{start} once {', and '.join(conditions)}: import again with --like {name}."
    return [Finding(kind, name, sentence), *_of_labels(fitting)]


def _without_slides(table: Table, known: Known) -> list[Finding]:
    """A patient of several slides in a store, of which the table does not say which is meant."""
    if table.slides is not None or known.slides is None or known.is_run:
        return []
    for at, slides in slides_of(table, known).items():
        rows = table.owner == at
        x, y = (each[rows] for each in Move().apply(table))
        on_one = [known.holds(keys_of(np.full(len(x), owner), x, y)) for owner in slides]
        if len(slides) < 2 or np.mean(np.any(on_one, axis=0)) < FITS:
            continue
        listed = ", ".join(known.slides[owner] for owner in slides[:4]) + ", …" * (len(slides) > 4)
        return [
            Finding(
                "slides unnamed",
                "",
                f"Patient {table.names[at]} has {len(slides):,} slides in {known.words()} "
                f"({listed}), and the table names none: its patches cannot be found there. Bring "
                "the table with a column that names the slide, beside the patient.",
            )
        ]
    return []


def _of_labels(fitting: Fit) -> list[Finding]:
    both, name = fitting.agree + fitting.differ, fitting.known.name
    if both < FEWEST or fitting.agreement >= AGREE:
        return []
    if fitting.agreement <= REVERSED:
        return [
            Finding(
                "labels reversed",
                name,
                f"The labels are reversed: of {both:,} patches that {fitting.known.words()} knows, "
                f"{fitting.differ:,} carry the other label there. If 1 means "
                f"{fitting.known.raster.negative} in this table, "
                'import again with --label-words "1=no-idc, 0=idc".',
            )
        ]
    return [
        Finding(
            "labels differ",
            name,
            f"{fitting.differ:,} of {both:,} labels differ from those of {fitting.known.words()}: "
            "are they the model's predictions, or from another reading?",
        )
    ]


def _of_scores(table: Table, known: Known, fitting: Fit) -> list[Finding]:
    """The scores of a run beside the table's, on patches in both."""
    key = keys_of(fitting.owners[table.owner], *fitting.move.apply(table))
    there = known.holds(key) & np.isfinite(table.score)
    if known.score is None or int(there.sum()) < FEWEST:
        return []
    mine, theirs = table.score[there], known.score[known.at(key[there])]
    if len(np.unique(np.round(theirs, _DIGITS))) < _DISTINCT:
        return []
    many, name = int(there.sum()), known.name
    if _alike(mine, theirs):
        return [Finding("same scores", name, f"Its {many:,} scores are those of the run “{name}”.")]
    if _alike(1 - mine, theirs):
        return [
            Finding(
                "scores reversed",
                name,
                f"Its {many:,} scores are 1 minus those of the run “{name}”: the probability of "
                f"{known.raster.negative}? Import again with --score-of no-idc.",
            )
        ]
    if _alike(np.sort(mine), np.sort(theirs)):
        label = np.maximum(table.label[there], known.label[known.at(key[there])])
        return [_in_another_order(name, many, _auc(label, mine), _auc(label, theirs))]
    return []


def _in_another_order(name: str, many: int, here: float, there: float) -> Finding:
    """The same numbers on other patches: whose order was lost, where the labels tell it."""
    same = f"The run “{name}” holds the same {many:,} scores in another order"
    if here > there + CLEARLY:
        return Finding(
            "order there",
            name,
            f"{same}: it is that run whose order was lost (ROC-AUC {there:.3f} there, {here:.3f} "
            "here).",
        )
    if there > here + CLEARLY:
        return Finding(
            "order lost",
            name,
            f"{same}, and there they fit (ROC-AUC {there:.3f} there, {here:.3f} here): the order "
            "of this table was lost. Join names and scores again in the order in which they were "
            "predicted.",
        )
    return Finding(
        "order lost",
        name,
        f"{same}: of one of the two the order was lost. Join names and scores again in the order "
        "in which they were predicted.",
    )


def _auc(label: Whole, score: Numbers) -> float:
    """ROC-AUC over known labels; `nan` with one class."""
    known = label >= 0
    return float(Ranked(label[known], score[known]).roc_auc)


def _alike(one: Numbers, other: Numbers) -> bool:
    near = np.abs(one - other) <= 10.0**-_DIGITS
    return float(near.mean()) >= _ALIKE


def order_lost(
    patient: Sequence[str], x: Whole, y: Whole, label: Whole, score: Numbers
) -> Finding | None:
    """Whether scores that tell nothing would, in the usual order of files or folders.

    All in the order of the table's rows. Only where as they stand they cannot be told from chance.
    """
    known = label >= 0
    idc = int((label == 1).sum())
    if min(idc, int(known.sum()) - idc) < FEWEST or (np.diff(score[known]) >= 0).all():
        return None
    if (np.diff(score[known]) <= 0).all():
        return None
    usual = Ranked(label[known], score[known]).roc_auc
    chance = np.sqrt((known.sum() + 1) / (12 * idc * (known.sum() - idc)))
    if abs(usual - 0.5) > max(4 * chance, 0.05):
        return None
    best, words = 0.0, ""
    for order, said in _orders(patient, x, y, label):
        kept = known[order]
        auc = Ranked(label[order][kept], score[kept]).roc_auc
        if auc > best:
            best, words = auc, said
    if best < 0.75:
        return None
    return Finding(
        "order lost",
        "",
        f"The order was lost: as they stand the scores tell nothing (ROC-AUC {usual:.3f}), and "
        f"given to the patches {words} they would reach {best:.3f}. Join names and scores again in "
        "the order in which they were predicted.",
    )


def _orders(patient: Sequence[str], x: Whole, y: Whole, label: Whole) -> list[tuple[Whole, str]]:
    names = np.array(
        [
            f"{who}_idx5_x{right}_y{down}_class{one}.png"
            for who, right, down, one in zip(patient, x, y, label, strict=True)
        ]
    )
    who = np.asarray(patient, dtype=str)
    return [
        (np.argsort(names, kind="stable"), "in the order of their file names"),
        (
            np.lexsort((names, label)),
            "by class, then file name, as folders of two classes are read",
        ),
        (np.lexsort((names, label, who)), "by patient, class and file name, as folders are read"),
        (np.lexsort((x, y, who)), "by patient, row and column"),
        (np.lexsort((y, x, who)), "by patient, column and row"),
    ]
