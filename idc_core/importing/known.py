"""What is known on this machine of the patches of a table: the stores, and the runs' predictions.

Only the columns that are compared are read, and nothing of what shares no patient with the table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE, slide_numbers
from idc_core.data.stores.store import store_folders
from idc_core.data.tables.lattice import is_among
from idc_core.data.tables.slide_column import patients_with_several, without_ending
from idc_core.io import record
from idc_core.io.files import parquet_columns, read_parquet
from idc_core.io.refusal import Refusal
from idc_core.records import manifest, run_info
from idc_core.records.manifest import Manifest
from idc_core.records.raster import USUAL, Raster
from idc_core.records.run_info import RunInfo
from idc_core.runs.run import list_runs
from idc_core.runs.score_parts import files_if_whole

_COLUMNS = ["patient", "x", "y", "label"]
_BITS = 21
_SPAN = 2**_BITS

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Known:
    """Patches of a store or run, sorted by `key`; `owner` (n,) counts in `patients`.

    `label` (n,): −1 where unknown. `score` (n,) of a run, None of a store. `raster`: how its
    patches were cut. `slides`: None where slides have no names of their own; else an owner is a
    patient's slide, so called, and `patients` holds the patient of each.
    """

    name: str
    is_run: bool
    patients: tuple[str, ...]
    key: Whole
    owner: Whole
    label: Whole
    score: npt.NDArray[np.float64] | None
    raster: Raster = USUAL
    slides: tuple[str, ...] | None = None

    def words(self) -> str:
        """What it is called in a sentence."""
        return f"the {'run' if self.is_run else 'store'} “{self.name}”"

    def holds(self, key: Whole) -> npt.NDArray[np.bool_]:
        """Which keys it has, (n,)."""
        return is_among(self.key, key)

    def at(self, key: Whole) -> Whole:
        """Position of keys that it has."""
        found: Whole = np.searchsorted(self.key, key)
        return found


def keys_of(owner: Whole, x: Whole, y: Whole) -> Whole:
    """One number per place; −1 for an owner of −1 and for places that no slide has."""
    there = (owner >= 0) & (np.abs(x) < _SPAN // 2) & (np.abs(y) < _SPAN // 2)
    half = _SPAN // 2
    key = (owner << (2 * _BITS)) + ((x + half) << _BITS) + (y + half)
    return np.where(there, key, -1)


def spelling(name: str) -> str:
    """A patient's name without what programs do to it: case, `_idx5`, `.0`, zeros before a number.

    >>> [spelling(name) for name in ("10253_idx5", "10253.0", "0010253", "10253", "TCGA-A1")]
    ['10253', '10253', '10253', '10253', 'tcga-a1']
    """
    plain = name.strip().casefold().replace("\\", "/").rsplit("/", 1)[-1]
    head, mark, tail = plain.rpartition("_idx")
    if mark and head and tail.isdigit():
        plain = head
    whole, dot, rest = plain.partition(".")
    if dot and whole.isdigit() and not rest.strip("0"):
        plain = whole
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def slide_spelling(name: str) -> str:
    """A slide's name without what programs do to it, and without the ending of its file.

    >>> slide_spelling("S20-7_B.svs"), slide_spelling("s20-7_b"), slide_spelling("07")
    ('s20-7_b', 's20-7_b', '7')
    """
    return spelling(without_ending(name.strip()))


def several_slides(data: Path) -> frozenset[str]:
    """Patients who have several slides in a store; a damaged one has none."""
    return patients_with_several(_named_slides(data))


def _named_slides(data: Path) -> Iterator[pd.DataFrame]:
    for folder in store_folders(data):
        file = folder / "index.parquet"
        try:
            if file.is_file() and {"patient", SLIDE} <= set(parquet_columns(file)):
                yield read_parquet(file, ["patient", SLIDE], repeated=("patient", SLIDE))
        except Refusal:
            continue


def known_with(patients: set[str], data: Path, models: Path) -> Iterator[Known]:
    """Stores, then runs, that share a patient with the table, however it is spelled."""
    spelled = {spelling(name) for name in patients}
    for folder in store_folders(data):
        yield from _read(folder / "index.parquet", folder.name, False, spelled)
    for name in list_runs(models):
        for file in files_if_whole(models / name):
            yield from _read(file, name, True, spelled)


def _read(file: Path, name: str, is_run: bool, spelled: set[str]) -> Iterator[Known]:
    """What the file knows; nothing where it is damaged or about other patients."""
    columns = [*_COLUMNS, "score"] if is_run else _COLUMNS
    try:
        present = set(parquet_columns(file)) if file.is_file() else set()
        if not set(columns) <= present:
            return
        named = [SLIDE] if SLIDE in present else []
        table = read_parquet(file, [*named, *columns], repeated=("patient", *named))
    except Refusal:
        return
    names = table["patient"].cat.categories.astype(str)
    shared = np.array([spelling(each) in spelled for each in names], bool)
    if not shared.any():
        return
    codes = table["patient"].cat.codes.to_numpy(np.int64)
    table = table[shared[codes] & (codes >= 0)]
    said: RunInfo | Manifest | None = (
        run_info.info_if_whole(file.parent)
        if is_run
        else record.read_if_whole(Manifest, file.parent / manifest.FILE)
    )
    yield replace(of_table(name, is_run, table), raster=USUAL if said is None else said.raster)


def of_table(name: str, is_run: bool, table: pd.DataFrame) -> Known:
    """The patches of a table: columns `patient, x, y, label`, `slide` where slides have names, and
    `score` of a run."""
    owner, patients, slides = owners_of(table)
    place = [table[column].to_numpy(np.int64) for column in ("x", "y")]
    key = keys_of(owner, *place)
    order = np.argsort(key, kind="stable")
    label = pd.to_numeric(table["label"], errors="coerce").fillna(-1).to_numpy(np.int64)
    score = table["score"].to_numpy(np.float64)[order] if is_run else None
    return Known(
        name,
        is_run,
        patients,
        key[order],
        key[order] >> (2 * _BITS),
        label[order],
        score,
        slides=slides,
    )


def owners_of(table: pd.DataFrame) -> tuple[Whole, tuple[str, ...], tuple[str, ...] | None]:
    """The number of each row's patient, or of its slide where slides have names; the patient of
    each number; and its slide, None where slides have no names."""
    if SLIDE not in table:
        codes, names = pd.factorize(table["patient"])
        return codes.astype(np.int64), tuple(map(str, names)), None
    owner = slide_numbers(table)[0]
    first = np.unique(owner, return_index=True)[1]
    patients, slides = (tuple(table[name].iloc[first].astype(str)) for name in ("patient", SLIDE))
    return owner, patients, slides
