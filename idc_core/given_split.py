"""Reading a split that somebody else made, whatever its form.

- a table by patient or by file name: `.csv`, `.csv.gz` (columns `patient` or `filename`, `split`)
- JSON: `{"train_names": [...], "val_names": [...], "test_names": [...]}`, of patients or file names
- three lists of patients, `*cases_train.txt`, `*cases_val.txt`, `*cases_test.txt`: given as their
  folder, as a pattern (`lists/*cases_*.txt`) or as any one of the three

A split by file name counts as a split of patients, and is refused if it is none.
"""

import csv
import glob
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from idc_core.patches import parse_name
from idc_core.refusal import Refusal
from idc_core.sides import SIDES, SPLITS, WORDS, refuse_patients_on_two_sides

MAX_BYTES = 500_000_000
"""Most bytes of an unpacked table: ten times a table of the whole Kaggle set."""

_PATIENT_COLUMNS = ("patient", "patient_id", "case", "case_id")
_FILE_COLUMNS = ("filename", "file", "file_name", "name", "image", "image_path", "path")
_SPLIT_COLUMNS = ("split", "set", "subset", "side")
_LIST_NAME = re.compile(r"(?P<start>.*?)(?P<side>train|training|val|valid|validation|test|testing)")


@dataclass(frozen=True, slots=True)
class GivenSplit:
    """A split that somebody else made: patient → side, and the name of the file it came from."""

    patients: Mapping[str, str]
    source: str


def read_given_split(path: Path) -> GivenSplit:
    """Read a split; raises `Refusal` where it cannot be read, or puts a patient on two sides."""
    if "*" in path.name or "?" in path.name:
        pairs = _read_lists(sorted(path.parent.glob(path.name)), path)
    elif path.is_dir():
        pairs = _read_lists(sorted(path.glob("*cases_*.txt")), path)
    elif not path.is_file():
        raise Refusal(f"expected a split in {path}: it is not there.")
    elif path.suffix == ".txt":
        match = _LIST_NAME.fullmatch(path.stem)
        start = glob.escape(match["start"]) if match else "*"
        pairs = _read_lists(sorted(path.parent.glob(f"{start}*.txt")), path)
    elif path.suffix == ".json":
        pairs = _read_json(path)
    else:
        pairs = _read_table(path)
    return GivenSplit(_sides(pairs, path), path.name)


Pairs = list[tuple[str, str]]  # (patient, word for a side), as found


def _sides(pairs: Pairs, path: Path) -> dict[str, str]:
    """One side a patient; a word like `test+training` names both of its sides."""
    found: dict[str, set[str]] = {}
    for patient, words in pairs:
        for word in words.lower().split("+"):
            found.setdefault(patient, set()).add(WORDS.get(word.strip(), word.strip()))
    if not found:
        raise Refusal(f"expected patients and their sides in {path}: it names nobody.")
    rank = {side: place for place, side in enumerate(SPLITS)}
    leaks = {
        patient: sorted(sides, key=lambda side: (rank.get(side, len(rank)), side))
        for patient, sides in found.items()
        if len(sides) > 1
    }
    refuse_patients_on_two_sides(leaks, f"the split {path.name}")
    sides = {patient: next(iter(side)) for patient, side in found.items()}
    unknown = sorted(set(sides.values()) - set(SPLITS))
    if unknown:
        raise Refusal(
            f"expected the sides train, validation, test or unused in {path}: found {unknown[0]!r}."
        )
    return sides


def _read_lists(files: list[Path], asked: Path) -> Pairs:
    """Three lists of patients, one a line; the last word of a file's name says the side."""
    by_side: dict[str, Path] = {}
    for file in files:
        match = _LIST_NAME.fullmatch(file.stem)
        if match is None:
            continue
        side = WORDS[match["side"]]
        if side in by_side:
            raise Refusal(f"expected one list for {side}: found {by_side[side]} and {file}.")
        by_side[side] = file
    missing = [side for side in SIDES if side not in by_side]
    if missing:
        raise Refusal(
            f"expected the three lists *_train.txt, *_val.txt and *_test.txt for {asked}: "
            f"the one for {missing[0]} is missing."
        )
    return [
        (_patient_of(line.strip(), file), side)
        for side, file in by_side.items()
        for line in _text(file).splitlines()
        if line.strip()
    ]


def _read_json(path: Path) -> Pairs:
    """An object of lists by side, or of sides by patient."""
    try:
        content = json.loads(_text(path))
    except json.JSONDecodeError as broken:
        sentence = f"expected a split in JSON in {path}: it cannot be read ({broken})."
        raise Refusal(sentence) from None
    if not isinstance(content, dict):
        raise Refusal(f"expected an object of lists in {path}: found a {type(content).__name__}.")
    pairs: Pairs = []
    for key, value in content.items():
        if isinstance(value, str):
            pairs.append((_patient_of(key, path), value))
        elif isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            side = re.sub(r"_(names|files|patients|cases|ids)$", "", key)
            pairs.extend((_patient_of(entry, path), side) for entry in value)
        else:
            raise Refusal(f"expected lists of names in {path}: {key!r} holds something else.")
    return pairs


def _read_table(path: Path) -> Pairs:
    rows = csv.DictReader(io.StringIO(_text(path)))
    columns = [name for name in rows.fieldnames or () if name]
    split = _column(columns, _SPLIT_COLUMNS)
    patient = _column(columns, _PATIENT_COLUMNS)
    named = patient or _column(columns, _FILE_COLUMNS)
    if split is None or named is None:
        raise Refusal(
            f"expected the columns patient (or filename) and split in {path}: "
            f"found {', '.join(columns)[:200] or 'none'}."
        )
    try:
        return [
            (_patient_of(row[named] or "", path, is_patient=patient is not None), row[split] or "")
            for row in rows
        ]
    except csv.Error as broken:
        raise Refusal(f"expected a table in {path}: it cannot be read ({broken}).") from None


def _column(columns: Iterable[str], wanted: Iterable[str]) -> str | None:
    by_name = {column.strip().lower(): column for column in columns}
    return next((by_name[name] for name in wanted if name in by_name), None)


def _patient_of(entry: str, path: Path, *, is_patient: bool | None = None) -> str:
    """The patient that an entry names: itself, or the patient of a file name in any folder."""
    base = entry.strip().replace("\\", "/").rsplit("/", 1)[-1]
    if is_patient is None:
        is_patient = not base.endswith(".png")
    if not is_patient:
        return parse_name(base).patient
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", base):
        raise Refusal(f"expected names of patients in {path}: found {base[:60]!r}.")
    return base


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Refusal(f"expected a split of at most {MAX_BYTES:,} bytes: {path} is larger.")
        return content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as broken:
        raise Refusal(f"expected a split in {path}: it cannot be read ({broken}).") from None
