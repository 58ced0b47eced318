"""Which column of somebody else's table is what: by name and content, corrected by options."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from idc_core.data import label_words
from idc_core.data.tables.column_names import (
    KNOWN,
    LABEL_PARTS,
    SCORE_PARTS,
    all_of,
    class_of,
    first,
    is_nameless,
    parts,
    says_idc,
    says_score,
)
from idc_core.data.tables.slide_column import NONE as NO_SLIDES
from idc_core.data.tables.slide_column import PATIENTS, slide_beside
from idc_core.importing.cells import are_numbers, numbers
from idc_core.importing.known import spelling
from idc_core.importing.split_words import splits_in_column
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster

SAMPLE = 2_000
"""Rows that are looked at to tell what a column holds."""

NO_SPLIT = "none"
"""In place of a column: the table's split is not used."""

MOST_WORDS = 20
"""A column of labels holds few different words: more of them are places or numbers."""

MOSTLY = 0.5
"""A column of any name holds file names where as many of its cells say a place."""

_PLACE = re.compile(r"_x\d{1,6}_y\d{1,6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns; None where there is none. `score_of` is the class of `score`, `other`
    the column of the other class, `call` that of the model's decision; `slide` names the slide
    beside the patient, and a `patient` beside `path` holds instead of the file name's."""

    path: str | None = None
    patient: str | None = None
    x: str | None = None
    y: str | None = None
    label: str | None = None
    score: str | None = None
    other: str | None = None
    split: str | None = None
    call: str | None = None
    score_of: str = "idc"
    labels: tuple[str, ...] = ()
    """All columns that may be the label, `label` the likeliest."""
    slide: str | None = None

    def words(self, raster: Raster, scale: str = "probability", label: str | None = None) -> str:
        """The mapping as a sentence; `label` says where labels come from if not from `label`."""
        place = f"patch from {', '.join(f'“{name}”' for name in self.placed())}"
        if self.path:
            place = f"patch from the file name in “{self.path}”"
            whose = (("patient", self.patient), ("slide", self.slide)) if self.slide else ()
            place += "".join(f", {what} from “{name}”" for what, name in whose if name)
        of = raster.positive if self.score_of == "idc" else raster.negative
        if label is None:
            label = f"label from “{self.label}”" if self.label else "label from the file name"
        said = [place, f"{scale} of {of} from “{self.score}”", label]
        if self.split:
            said.append(f"split from “{self.split}”")
        return f"Read as: {'; '.join(said)}."

    def placed(self) -> list[str]:
        """The columns that name the patch."""
        where = [self.path] if self.path else [self.x, self.y]
        whose = [self.patient, self.slide] if self.slide or not self.path else []
        return [name for name in (*whose, *where) if name is not None]

    def used(self) -> list[str]:
        """The columns that are read."""
        names = (getattr(self, each.name) for each in fields(self) if each.name not in _NO_COLUMNS)
        return list(dict.fromkeys(name for name in names if name is not None))


_NO_COLUMNS = ("score_of", "labels")
_DECLINED = (("split", NO_SPLIT), ("slide", NO_SLIDES))


def guess(
    frame: pd.DataFrame,
    asked: Columns | None = None,
    split_words: Mapping[str, str] | None = None,
    several: Collection[str] = (),
) -> Columns:
    """Guess the columns from their names and what they hold.

    `asked` overrides what is guessed, where it is not None; `several`: patients that have several
    slides in the stores that are here. Raises `Refusal` with the columns there
    are, and the option that names the one missing or settles what is ambiguous.
    """
    asked = asked or Columns()
    names = [str(name) for name in frame.columns]
    # From first to last: tables are often sorted by class, split or patient.
    rows = np.unique(np.linspace(0, len(frame) - 1, min(SAMPLE, len(frame))).astype(np.int64))
    head = frame.iloc[rows]
    given = {
        each.name: getattr(asked, each.name)
        for each in fields(asked)
        if each.name not in _NO_COLUMNS and getattr(asked, each.name) is not None
    }
    for kind, wanted in given.items():
        if wanted not in names and (kind, wanted) not in _DECLINED:
            raise Refusal(f"expected a column {wanted!r}: the table has {_listed(names)}.")
    columns = replace(_places(head, names, asked), **given)
    columns = _with_slide(frame, names, columns, asked, several)
    split = asked.split or _split(head, names, set(columns.used()), split_words)
    columns = replace(columns, split=None if split == NO_SPLIT else split)
    free = [name for name in names if name not in columns.used()]
    score, other, of = _score(head, free, asked)
    others = [name for name in free if name not in (score, other)]
    call = given.get("call") or _call(head, others, KNOWN["call"])
    if score is None:
        call = call or _call(head, others, KNOWN["score"])
    if score is None and call is not None:
        score, call = call, None
    if score is None:
        raise _no_score(head, free, names)
    columns = replace(columns, score=score, other=other, call=call, score_of=of)
    left = [name for name in free if name not in (score, other, call)]
    labels = _labels(head, left)
    return replace(
        columns, label=given.get("label") or next(iter(labels), None), labels=tuple(labels)
    )


def _places(head: pd.DataFrame, names: list[str], asked: Columns) -> Columns:
    """Where a patch lies: from a file name, or from patient, x and y."""
    patient, x, y = (first(names, KNOWN[kind]) for kind in ("patient", "x", "y"))
    patient, x, y = asked.patient or patient, asked.x or x, asked.y or y
    by_place = all((patient, x, y))
    if asked.path is not None:
        return Columns(path=asked.path)
    if asked.patient is None:
        holding = {name: _share_of_places(head[name]) for name in names}
        called = first([name for name in names if holding[name]], KNOWN["path"])
        path = called or next((name for name in names if holding[name] >= MOSTLY), None)
        if path is not None:
            return Columns(path=path)
    if by_place:
        return Columns(patient=patient, x=x, y=y)
    if (path := first(names, KNOWN["path"])) is not None:
        found = next((str(text) for text in head[path].dropna()), "")
        raise Refusal(
            f"expected names like 10253_idx5_x1001_y1051_class0.png in the column {path!r}:"
            f" found {found[:60]!r}. Name another: --path-column NAME."
        )
    raise Refusal(
        "expected a column with the file name of each patch, or the columns patient, x and y: "
        f"the table has {_listed(names)}, which looks like a table of slides or of models, not "
        "of patches. Name it: --path-column NAME."
    )


def _with_slide(
    frame: pd.DataFrame,
    names: list[str],
    columns: Columns,
    asked: Columns,
    several: Collection[str],
) -> Columns:
    """The columns with that of the slide, where it says more than the patient, or was named."""
    if asked.slide == NO_SLIDES:
        return replace(columns, slide=None)
    patient = columns.patient
    if patient is None or patient == asked.slide:
        patient = first([name for name in names if name != asked.slide], PATIENTS)
    if asked.slide is not None:
        if patient is None and columns.path is None:
            raise Refusal(
                f"expected a column of patients beside the slides in {asked.slide!r}: the table "
                f"has {_listed(names)}. Name it: --patient-column NAME."
            )
        return replace(columns, patient=patient)
    place = [name for name in (columns.path, columns.x, columns.y) if name is not None]
    spelled = {spelling(name) for name in several}

    def among(who: "pd.Series[Any]") -> bool:
        return bool(spelled) and any(spelling(str(name)) in spelled for name in who.unique())

    found = slide_beside(
        frame.__getitem__, names, patient, place, among, sure=asked.patient is not None
    )
    if found.slide is None:
        return columns
    return replace(columns, patient=found.patient, slide=found.slide)


def _share_of_places(column: "pd.Series[Any]") -> float:
    """In how many of the filled cells a file name says a place."""
    texts = column.dropna()
    if column.dtype.kind in "fiub" or not len(texts):
        return 0.0
    return float(texts.astype(str).str.contains(_PLACE).mean())


def _split(
    head: pd.DataFrame, names: list[str], taken: set[str], given: Mapping[str, str] | None
) -> str | None:
    """A column so called that holds splits; numbers of folds are none."""
    found = [name for name in all_of(names, KNOWN["split"]) if name not in taken]
    return next(
        (name for name in found if splits_in_column(head[name].dropna().unique(), given)), None
    )


def _score(
    head: pd.DataFrame, free: list[str], asked: Columns
) -> tuple[str | None, str | None, str]:
    """The column of the score, that of the other class, and the class of the score."""
    of_class = {name: class_of(name) for name in free if is_scored(head[name])}
    if asked.score is not None:
        backwards = asked.score_of == "no-idc" or class_of(asked.score) == 0
        return asked.score, asked.other, "no-idc" if backwards else "idc"
    named = {name: of for name, of in of_class.items() if of is not None and says_score(name)}
    # A column called 0 or IDC is a score only where it holds shares, and beside its other class.
    bare = {name: of for name, of in of_class.items() if of is not None and not says_score(name)}
    for found in (named, bare):
        idc, other = ([name for name, of in found.items() if of == is_idc] for is_idc in (1, 0))
        if len(idc) > 1:
            raise _several(idc)
        if idc and (found is named or other or says_idc(idc[0])):
            return idc[0], next(iter(other), None), "idc"
        plain = all_of([name for name, of in of_class.items() if of is None], KNOWN["score"])
        if plain:
            return plain[0], None, asked.score_of
        if len(other) == 1 and found is named:
            return other[0], None, "no-idc"
    nameless = [name for name in of_class if is_nameless(name)]
    if len(nameless) == 1:
        return nameless[0], None, asked.score_of
    weak = [name for name in of_class if of_class[name] is None and parts(name) & SCORE_PARTS]
    if len(weak) > 1:
        raise _several(weak)
    return next(iter(weak), None), None, asked.score_of


def _several(names: list[str]) -> Refusal:
    listed = ", ".join(f"“{name[:40]}”" for name in names[:6])
    return Refusal(
        f"expected one column of scores: {listed} all look like scores. Choose one: "
        f"--score-column {names[0]}."
    )


def _no_score(head: pd.DataFrame, free: list[str], names: list[str]) -> Refusal:
    """Why no column is a score: what stands in the one that is called so."""
    called = all_of(free, KNOWN["score"]) or [n for n in free if parts(n) & SCORE_PARTS]
    for name in called:
        cells = [str(cell) for cell in head[name].dropna() if str(cell).strip()]
        if cells:
            comma = re.fullmatch(r"[+\-]?\d*,\d+", cells[0].strip())
            cause = ": a decimal comma?" if comma else ", which are no numbers."
            return Refusal(
                f"expected numbers from 0 to 1 in the column {name!r}: it holds texts like "
                f"{cells[0][:40]!r}{cause} Or name another column: --score-column NAME."
            )
        return Refusal(
            f"expected numbers from 0 to 1 in the column {name!r}: its cells are empty. "
            "Name another: --score-column NAME."
        )
    shares = [name for name in free if is_scored(head[name]) and _within(head[name])]
    held = f", of which {_listed(shares)} hold numbers from 0 to 1" if shares else ""
    return Refusal(
        "expected a column with a score for each patch, like prob or prob_idc: the table has "
        f"{_listed(names)}{held}. Name it: --score-column {shares[0] if shares else 'NAME'}."
    )


def _call(head: pd.DataFrame, free: list[str], known: tuple[str, ...]) -> str | None:
    """A column of such a name with the model's own decision: values that mean classes."""
    return next((name for name in all_of(free, known) if _holds_classes(head[name])), None)


def _labels(head: pd.DataFrame, free: list[str]) -> list[str]:
    """Columns that may hold the label, those that say so first; of a one-hot pair that of IDC."""
    known = [
        name
        for name in (*all_of(free, KNOWN["truth"]), *all_of(free, KNOWN["label"]))
        if head[name].nunique() <= MOST_WORDS
    ]
    hot = [
        name
        for name in free
        if name not in known
        and (class_of(name, LABEL_PARTS) == 1 or is_nameless(name))
        and _holds_classes(head[name])
    ]
    return [*known, *hot]


def _holds_classes(column: "pd.Series[Any]") -> bool:
    words = {str(cell) for cell in column.dropna().unique()[:20]}
    return bool(words) and all(label_words.meaning(word) is not None for word in words)


def is_scored(column: "pd.Series[Any]") -> bool:
    """Numbers that are not all 0 or 1: those would be calls."""
    if not are_numbers(column):
        return False
    values = numbers(column).values
    return not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all()


def _within(column: "pd.Series[Any]") -> bool:
    values = numbers(column).values
    known = values[~np.isnan(values)]
    return bool(((known >= 0) & (known <= 1)).all())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:20]) or "no column"
