"""A split in a table: which column names the patient, which says the split, and what it says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idc_core.data.split.entries import is_file
from idc_core.data.split.words import are_truths, is_true, splits_meant
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import Table, open_table

_PATIENT = (
    "patient",
    "patientid",
    "patientname",
    "pid",
    "case",
    "caseid",
    "subject",
    "subjectid",
    "slide",
    "slideid",
    "wsi",
)
_FILE = (
    "filename",
    "file",
    "filepath",
    "name",
    "image",
    "imagepath",
    "imagename",
    "imageid",
    "path",
    "img",
    "patch",
    "patchname",
    "imgpath",
    "relpath",
)
_SPLIT = (
    "split",
    "splits",
    "set",
    "subset",
    "side",
    "partition",
    "phase",
    "dataset",
    "fold",
    "folds",
    "group",
    "stage",
)
_FLAGS = {
    "train": ("istrain", "train", "intrain", "trainset", "istraining", "training"),
    "validation": ("isval", "isvalid", "isvalidation", "val", "valid", "validation", "isdev"),
    "test": ("istest", "test", "intest", "testset", "istesting", "isholdout", "holdout"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Entries (patients or files) with a word for the split, as they stand in `column`."""

    entries: list[str | None]
    words: list[str | None]
    column: str
    notes: tuple[str, ...]


def split_in(path: Path, given: Mapping[str, str]) -> Found | None:
    """Read a table of a split; None where no column says a split.

    Raises `Refusal` where no column names patients or files. What a word means is judged later: it
    may be none of a split.
    """
    table = open_table(path)
    if not len(table):
        raise Refusal(f"expected patients and their splits in {path}: it names nobody.")
    if any(splits_meant([name], {}) for name in table.columns) and not _flags(table):
        # `demo-01,train`: the first row is no header.
        headless = open_table(path, has_header=False)
        if _split_column(headless, {}):
            table = headless
    column = _split_column(table, given)
    if column is None:
        return _by_flags(table)
    entries, notes = entries_of(table, except_for=[column])
    return Found(entries, _texts(table, column), column, (*table.notes, *notes))


def entries_of(table: Table, except_for: Sequence[str] = ()) -> tuple[list[str | None], list[str]]:
    """The column that names patients or files, by name and by content, and a word where it is
    neither's usual name."""
    names = _by_plain_name(table)
    samples = table.samples()
    others = [name for name in table.columns if name not in except_for and any(samples[name])]
    files = [name for name in others if any(is_file(text) for text in samples[name])]
    called = (
        [names[key] for key in _PATIENT if key in names],
        [names[key] for key in _FILE if key in names],
    )
    for name in (*called[0], *(one for one in called[1] if one in files)):
        if name in others:
            return _texts(table, name), []
    if files:
        return _texts(table, files[0]), [f"Patients are taken from the files in “{files[0]}”."]
    for name in (*called[1], *([names["id"]] if "id" in names else [])):
        if name in others:
            return _texts(table, name), []
    rest = [name for name in others if not _counts_rows(samples[name])]
    if len(rest) == 1:
        return _texts(table, rest[0]), [f"Patients are taken from the column “{rest[0]}”."]
    raise Refusal(
        f"expected the columns patient (or filename) and split in {table.path}: found "
        f"{', '.join(table.columns)[:200]}."
    )


def _split_column(table: Table, given: Mapping[str, str]) -> str | None:
    """The column of splits: of a known name or of known words, better of both."""
    names = _by_plain_name(table)
    known = [names[key] for key in _SPLIT if key in names]
    words = {name: {word for word in _texts(table, name) if word} for name in table.columns}
    for name in (*known, *table.columns):
        if words[name] and not _unknown(words[name], given):
            return name
    return known[0] if known else None


def _by_flags(table: Table) -> Found | None:
    """Columns like `is_test`: two of them say all three splits, one leaves a question."""
    flags = _flags(table)
    if not flags:
        return None
    texts = {split: _texts(table, column) for split, column in flags.items()}
    words: list[str | None] = []
    if len(flags) == 1:
        words = next(iter(texts.values()))
    else:
        rest = [split for split in _FLAGS if split not in flags]
        other = rest[0] if rest else None
        for row in zip(*texts.values(), strict=True):
            splits = [
                split for split, word in zip(texts, row, strict=True) if word and is_true(word)
            ]
            words.append("+".join(splits) if splits else other)
    entries, notes = entries_of(table, except_for=list(flags.values()))
    return Found(entries, words, next(iter(flags.values())), (*table.notes, *notes))


def _flags(table: Table) -> dict[str, str]:
    """Split → the column that says yes or no to it."""
    names = _by_plain_name(table)
    found = {}
    for split, known in _FLAGS.items():
        for name in (names[key] for key in known if key in names):
            if are_truths(word for word in _texts(table, name) if word):
                found[split] = name
    return found


def _unknown(words: "Sequence[str | None] | set[str]", given: Mapping[str, str]) -> list[str]:
    """Words that are no split, alone or joined as in `train+test`."""
    different = list(dict.fromkeys(word for word in words if word and word.strip()))
    said = splits_meant(different, given)
    return [word for word in different if word not in said]


def _by_plain_name(table: Table) -> dict[str, str]:
    """Columns by their names in lower case, without spaces and signs; the first of equal ones."""
    return {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(table.columns)}


def _texts(table: Table, name: str) -> list[str | None]:
    column = table.read([name])[name]
    if column.dtype.kind == "f":
        filled = column.dropna()
        column = column.astype("Int64") if (filled == filled.round()).all() else column
    missing = column.isna()
    texts = column.astype(str).str.strip()
    return [None if gone or not text else text for gone, text in zip(missing, texts, strict=True)]


def _counts_rows(texts: Sequence[str]) -> bool:
    numbers = pd.to_numeric(pd.Series(texts), errors="coerce")
    return bool(numbers.notna().all() and numbers.is_monotonic_increasing and numbers.is_unique)
