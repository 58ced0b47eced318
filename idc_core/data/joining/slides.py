"""The slides of stores that were cut, in the store that joins them: their table and pictures."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from idc_core.data.joining.names import Names
from idc_core.data.places import SLIDE
from idc_core.data.stores.slide_frames import SOURCE_MARK
from idc_core.data.stores.store import KEPT_SLIDES, SLIDES, PatchStore
from idc_core.io.files import read_parquet, write_parquet


def join_slides(stores: Sequence[PatchStore], names: Sequence[Names], made: Path) -> None:
    """Write `slides.parquet` and copy the pictures, a few kB each; nothing where none was cut."""
    tables: list[pd.DataFrame] = []
    for store, named in zip(stores, names, strict=True):
        if (store.path / SLIDES).is_file():
            table = read_parquet(store.path / SLIDES)
            before = sum(len(each) for each in tables)
            _copy_pictures(store.path / KEPT_SLIDES, made / KEPT_SLIDES, len(table), before)
            tables.append(_renamed(table, named, store.manifest.source_mark or ""))
    if tables:
        write_parquet(made / SLIDES, pd.concat(tables, ignore_index=True))


def _renamed(table: pd.DataFrame, names: Names, mark: str) -> pd.DataFrame:
    table = table.assign(**{SOURCE_MARK: mark})
    for column, known in ((SLIDE, names.slides), ("patient", names.patients)):
        if column in table:  # a refused slide has no patient
            table[column] = [known.get(str(each), each) for each in table[column]]
    return table


def _copy_pictures(kept: Path, to: Path, count: int, before: int) -> None:
    """The files of the slides in rows 0 to `count`, which are `before` rows further down now."""
    to.mkdir(exist_ok=True)
    for number in range(count):
        for ending in (".jpg", ".json"):
            file = kept / f"{number}{ending}"
            if file.is_file():
                shutil.copy(file, to / f"{before + number}{ending}")
