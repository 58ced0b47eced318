"""From several patch stores to one: an index over all of them, and not a pixel copied.

The index is that of the same patches prepared as one store, in its order and with its fingerprint;
beside it `source` and `row` say where the pixels of each patch lie (`records/shards.py`). Splits
are made over all patients, and keep those in one split that share a patch's pixels.
"""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.augmented import augmented_copies, groups_of
from idc_core.data.joining.alike import refuse_unlike
from idc_core.data.joining.hold_out import holding_out, refuse_unknown
from idc_core.data.joining.manifest import manifest_of
from idc_core.data.joining.names import Names, SameName, names_in
from idc_core.data.joining.near import NearPairs, near_pairs
from idc_core.data.joining.slides import join_slides
from idc_core.data.originals import remember_as
from idc_core.data.places import SLIDE
from idc_core.data.split.divide import divide
from idc_core.data.split.same_split import patients_sharing_pixels
from idc_core.data.split.splits import ByPatient, SplitRule, refuse_leaks
from idc_core.data.stores.joined import JoinedPixels, joined_pixels
from idc_core.data.stores.store import (
    MEASURED,
    ROW,
    SOURCE,
    PatchStore,
    columns_of,
    open_store,
)
from idc_core.data.stores.writer import replacing
from idc_core.data.twins import blank_twins, duplicates_csv
from idc_core.io import record
from idc_core.io.files import read_bytes, write_parquet, write_text
from idc_core.io.progress import TellCount
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv
from idc_core.records.shards import FILE, Shard, Shards


@dataclass(frozen=True, slots=True)
class Union:
    """All patches of the stores: `index` without its final split, and their pixels in its order;
    `blank`: digests of patches that show nothing."""

    stores: list[PatchStore]
    names: list[Names]
    index: pd.DataFrame
    pixels: JoinedPixels
    blank: frozenset[str]

    @property
    def copies(self) -> list[list[str]]:
        """Patients and their augmented copies, found by the names that they have in their store."""
        return [
            [names.patients[each] for each in group]
            for store, names in zip(self.stores, self.names, strict=True)
            for group in groups_of(augmented_copies(store.index))
        ]


def join(
    folders: Sequence[Path],
    store: Path,
    *,
    split: SplitRule | None = None,
    same_name: SameName = "refuse",
    hold_out: Collection[str] = (),
    near: bool = False,
    progress: TellCount | None = None,
) -> PatchStore:
    """Write the store `store`, which joins those in `folders`, and open it.

    `split`: by default a fresh one by patient; `AsTheyAre` keeps that of each store. `same_name`:
    what a patient's name in two stores means (`names.py`). `hold_out`: names of stores whose
    patients are all test, under a fresh split of the others. `near`: look for near-duplicates too,
    and keep their patients in one split. Raises `Refusal`, and leaves what is there as it was,
    where the stores do not fit together (`alike.py`) or a patient stands in two splits.
    """
    rule = split or ByPatient()
    refuse_unknown(hold_out, [folder.name for folder in folders])
    if store.resolve() in [folder.resolve() for folder in folders]:
        raise Refusal(f"expected a new name for the joined store: {store} is one of those joined.")
    union = united([open_store(folder) for folder in folders], same_name)
    pairs = near_pairs(union.pixels, progress) if near else NearPairs()
    together = [*union.copies, *pairs.patients(union.index)]
    if hold_out:
        assert isinstance(rule, ByPatient), "the command takes one rule of a split"
        shared = patients_sharing_pixels(union.index, union.blank)
        rule = holding_out(union.index, hold_out, rule, [*shared, *together])
    divided = divide(union.index, union.blank, rule, together=together)
    measured = [name for name in MEASURED if name in divided.index]
    index = divided.index[[*columns_of(divided.index), *measured, SOURCE, ROW]]
    refuse_leaks(index)
    with replacing(store) as made:
        write_parquet(made / "index.parquet", index)
        write_text(made / "rejects.csv", _rejects(union.stores))
        write_text(made / "duplicates.csv", duplicates_csv(index, union.blank))
        join_slides(union.stores, union.names, made)
        shards = [_shard(each, store) for each in union.stores]
        record.write(made / FILE, Shards(shards=shards))
        manifest = manifest_of(store.name, union.stores, union.names, index, union.blank, divided)
        said = [*manifest.set, *(pairs.words(index) if near else ())]
        record.write(made / "manifest.json", record.replace(manifest, set=said))
    remember_as([each.path for each in union.stores], store)
    return open_store(store)


def united(stores: list[PatchStore], same_name: SameName) -> Union:
    """All patches in the order of a store's index: by patient, slide, y, x."""
    refuse_unlike(stores)
    names = names_in(stores, same_name)
    tables = [_table(each, named) for each, named in zip(stores, names, strict=True)]
    kept = [name for name in tables[0] if all(name in table for table in tables)]
    part = np.repeat(np.arange(len(stores)), [len(table) for table in tables])
    order = ["patient", *([SLIDE] if SLIDE in kept else []), "y", "x"]
    rows = pd.concat([table[kept] for table in tables], ignore_index=True).assign(part=part)
    rows = rows.sort_values(order, kind="stable", ignore_index=True)
    at = rows[["part", ROW]].to_numpy(np.int64)
    pixels = joined_pixels([each.patches for each in stores], at)
    known = {digest for each in stores for digest in each.manifest.blank_digests}
    index = rows.drop(columns="part").astype({SOURCE: "str"})
    return Union(stores, names, index, pixels, blank_twins(index, pixels) | known)


def _table(store: PatchStore, names: Names) -> pd.DataFrame:
    table = names.given_to(store.index)
    table[SOURCE], table[ROW] = store.path.name, np.arange(len(table))
    return table


def _shard(store: PatchStore, joined: Path) -> Shard:
    place = store.path.resolve()
    beside = place.parent == joined.parent.resolve()
    return Shard(
        name=store.path.name,
        path=place.name if beside else str(place),
        fingerprint=store.fingerprint,
        patches=len(store.index),
    )


def _rejects(stores: Sequence[PatchStore]) -> str:
    """The lists of all stores, each file behind the name of its store."""
    rows = []
    for store in stores:
        file = store.path / "rejects.csv"
        if file.is_file():
            _, *own = csv.reader(read_bytes(file).decode().splitlines())
            rows += [(f"{store.path.name}/{name}", *rest) for name, *rest in own]
    return safe_csv(("file", "reason", "detail"), rows)
