"""Reading a split that somebody else made, whatever its form.

- a table by patient or by file name with a column of splits, or columns like `is_test` (`tabular`
  reads it: CSV and its relatives, Parquet, JSON records, a spreadsheet)
- JSON: `{"train_names": [...], "val_names": [...], "test_names": [...]}`, of patients or file names
- three lists of patients or files, `cases_train.txt`, `val_patients.csv`, `test.csv` …: given as
  their folder, as a pattern (`lists/*cases_*.txt`) or as any one of the three

A split by file name counts as a split of patients, and is refused if it is none.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idc_core.data.split.entries import file_in, patients_of
from idc_core.data.split.lists import files_beside, read_list, split_in_name
from idc_core.data.split.tables import split_in
from idc_core.data.split.words import question, splits_meant
from idc_core.data.split_names import SPLITS, USED_SPLITS, refuse_patients_in_two_splits
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import open_table
from idc_core.io.tabular.content import content_of
from idc_core.io.tabular.encoding import in_utf8
from idc_core.io.tabular.records import looks_like_json


@dataclass(frozen=True, slots=True)
class GivenSplit:
    """A split that somebody else made: patient → split, and the name of the file it came from.

    `notes` say how it was read; `accept_loss`: go on where a split or a class has no patient here.
    """

    patients: Mapping[str, str]
    source: str
    notes: tuple[str, ...] = ()
    accept_loss: bool = False


Pairs = list[tuple[str | None, str | None]]  # (patient, word for a split), as found


def read_given_split(
    path: Path, words: Mapping[str, str] | None = None, *, accept_loss: bool = False
) -> GivenSplit:
    """Read a split; `words` says what codes in it mean, see `split_words.given_words`.

    Raises `Refusal` where it cannot be read, where words are no splits, and where it puts a patient
    in two splits.
    """
    given = words or {}
    pairs, notes, column = _pairs(path, given)
    splits = _splits(pairs, path, given, column)
    empty = sum(patient is None or word is None for patient, word in pairs)
    if empty:
        notes.append(f"{empty:,} rows of {path.name} name no patient or no split: left out.")
    return GivenSplit(splits, path.name, tuple(notes), accept_loss)


def _pairs(path: Path, given: Mapping[str, str]) -> tuple[Pairs, list[str], str]:
    """Patients with their words, what to know, and the column of the words."""
    if "*" in path.name or "?" in path.name:
        return _of_lists(sorted(path.parent.glob(path.name)), path)
    if path.is_dir():
        return _of_lists(sorted(path.iterdir()), path)
    if not path.is_file():
        raise Refusal(f"expected a split in {path}: it is not there.")
    content, is_spreadsheet = content_of(path)
    if not is_spreadsheet and looks_like_json(content[:4096]):
        read = _of_json(content, path, given)
        if read is not None:
            return read
    is_list = path.suffix.lower() in (".txt", ".lst") and split_in_name(path) is not None
    found = None if is_list else split_in(path, given)
    if found is not None:
        pairs = list(zip(patients_of(found.entries, path), found.words, strict=True))
        return pairs, list(found.notes), found.column
    if split_in_name(path) is not None:
        return _of_lists(files_beside(path), path)
    raise Refusal(
        f"expected the columns patient (or filename) and split in {path}: found "
        f"{', '.join(open_table(path).columns)[:200]}. Three lists say the split in their names: "
        "train.txt, val.txt, test.txt."
    )


def _splits(pairs: Pairs, path: Path, given: Mapping[str, str], column: str) -> dict[str, str]:
    """One split per patient; a word like `test+training` names both of its splits."""
    known = [(patient, word) for patient, word in pairs if patient is not None and word is not None]
    if not known:
        raise Refusal(f"expected patients and their splits in {path}: it names nobody.")
    said = splits_meant({part for _, word in known for part in word.split("+")}, given)
    found: dict[str, set[str]] = {}
    for patient, word in known:
        for part in word.split("+"):
            found.setdefault(patient, set()).add(said.get(part, part.strip()))
    rank = {split: place for place, split in enumerate(SPLITS)}
    leaks = {
        patient: sorted(splits, key=lambda split: (rank.get(split, len(rank)), split))
        for patient, splits in found.items()
        if len(splits) > 1
    }
    refuse_patients_in_two_splits(leaks, f"the split {path.name}")
    splits = {patient: next(iter(split)) for patient, split in found.items()}
    if set(splits.values()) - set(SPLITS):
        words = Counter(word for _, word in dict.fromkeys(known))
        raise question(words, column, "patients", path)
    return splits


def _of_lists(files: list[Path], asked: Path) -> tuple[Pairs, list[str], str]:
    """Three lists; a word in a file's name says the split."""
    by_split: dict[str, Path] = {}
    for file in files:
        split = split_in_name(file) if file.is_file() else None
        if split is None:
            continue
        if split in by_split:
            raise Refusal(f"expected one list for {split}: found {by_split[split]} and {file}.")
        by_split[split] = file
    missing = [split for split in USED_SPLITS if split not in by_split]
    if missing:
        there = ", ".join(file.name for file in by_split.values()) or "none"
        raise Refusal(
            f"expected the three lists *_train.txt, *_val.txt and *_test.txt for {asked}: "
            f"the one for {missing[0]} is missing (found {there})."
        )
    pairs: Pairs = [
        (patient, split)
        for split, file in by_split.items()
        for patient in patients_of(read_list(file), file)
        if patient is not None
    ]
    names = ", ".join(f"{file.name} ({split})" for split, file in by_split.items())
    return pairs, [f"Read from three lists: {names}."], "names of the lists"


def _of_json(
    content: bytes, path: Path, given: Mapping[str, str]
) -> tuple[Pairs, list[str], str] | None:
    """An object of lists by split, or of splits by patient; None for records, which are a table."""
    try:
        found: Any = json.loads(in_utf8(content, path)[0])
    except json.JSONDecodeError as broken:
        if content.lstrip().split(b"\n", 1)[0].rstrip().endswith(b"}"):
            return None  # perhaps lines of records
        sentence = f"expected a split in JSON in {path}: it cannot be read ({broken})."
        raise Refusal(sentence) from None
    except RecursionError:
        raise Refusal(f"expected a split in JSON in {path}: it is nested too deep.") from None
    if isinstance(found, dict) and len(found) == 1 and isinstance(next(iter(found.values())), dict):
        found = next(iter(found.values()))  # {"splits": {"train": […], …}}
    if not isinstance(found, dict):
        if isinstance(found, list) and any(isinstance(row, dict) for row in found):
            return None
        raise Refusal(f"expected an object of lists in {path}: found a {type(found).__name__}.")
    return _of_object(found, path, given)


def _of_object(
    found: dict[str, Any], path: Path, given: Mapping[str, str]
) -> tuple[Pairs, list[str], str] | None:
    lists = {key: value for key, value in found.items() if isinstance(value, list)}
    if not lists:
        texts = {key: value for key, value in found.items() if isinstance(value, str | int | float)}
        if len(texts) < len(found) or not texts:
            return None
        words = map(str, texts.values())
        return list(zip(patients_of(texts, path), words, strict=True)), [], "values"
    said = splits_meant(map(_without_noun, lists), given)
    strange = [key for key in lists if _without_noun(key) not in said]
    if strange and not said:
        return None  # columns of a table
    if strange:
        raise question(
            Counter({key: len(value) for key, value in lists.items()}), "keys", "entries", path
        )
    pairs: Pairs = []
    for key, value in lists.items():
        entries = [file_in(entry) for entry in value]
        if None in entries:
            raise Refusal(f"expected lists of names in {path}: {key!r} holds something else.")
        pairs.extend((patient, said[_without_noun(key)]) for patient in patients_of(entries, path))
    others = [key for key in found if key not in lists]
    notes = [f"Not read: {', '.join(others)[:100]}."] if others else []
    return pairs, notes, "keys"


def _without_noun(key: str) -> str:
    """`train_names` is train."""
    nouns = ("names", "files", "patients", "cases", "ids", "list", "slides", "images", "keys")
    start, _, noun = key.lower().rpartition("_")
    return start if noun in nouns and start else key.lower()
