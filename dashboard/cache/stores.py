"""The patch store that holds a run's data."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.places import place_of
from idc_core.data.stores.pixel_files import pixel_files
from idc_core.data.stores.slide_frames import CutSlide, slide_frames
from idc_core.data.stores.store import (
    SLIDES,
    PatchStore,
    open_store,
    store_folders,
)
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import fingerprint_in
from idc_core.runs.run import Run


def store_of(chosen: Run) -> PatchStore | None:
    """The patch store that holds a run's data; None where it is not on this machine."""
    wanted = chosen.info.fingerprint
    damaged: Refusal | None = None
    for folder in store_folders(data_root()) if wanted else ():
        if fingerprint_in(folder) == wanted:
            try:
                return opened(str(folder))
            except Refusal as refused:  # another copy may be intact
                damaged = damaged or refused
    if damaged is not None:
        raise damaged
    return None


def pixels_of(chosen: Run) -> PatchStore | None:
    """The same store, if its pixels are on this machine too."""
    store = store_of(chosen)
    return store if store is not None and store.has_pixels else None


def cut_slides(chosen: Run) -> dict[str, CutSlide]:
    """How the patches of a run's data lie on their slides, by slide; empty where that is not
    known: the slides were not cut here, or the store is not on this machine."""
    store = store_of(chosen)
    return {} if store is None else slides_in(store)


def slides_in(store: PatchStore) -> dict[str, CutSlide]:
    """The same of a store."""
    if not (store.path / SLIDES).is_file():
        return {}
    return _cut_slides(str(store.path), stamp(store.path / SLIDES))


@st.cache_resource(max_entries=4, show_spinner=False)
def _cut_slides(path: str, stamp: Stamp) -> dict[str, CutSlide]:
    return slide_frames(Path(path), opened(path).raster)


def whole_patients(chosen: Run) -> frozenset[str]:
    """Patients whose slide is complete according to the store; empty without a store."""
    store = store_of(chosen)
    return store.whole_patients if store is not None else frozenset()


def rows_of_store(store: PatchStore) -> "pd.Series[int]":
    """The row in `store.patches` by (patient, x, y), or (patient, slide, x, y) where slides have
    names of their own."""
    return _rows(str(store.path), stamp(store.path / "index.parquet"))


def places_in(store: PatchStore, rows: pd.DataFrame) -> "pd.Series[int]":
    """The row in `store.patches` of each row of predictions; `nan` where there is none."""
    known = rows_of_store(store)
    keys = rows[place_of(store.index)].astype({"patient": "object"})
    return known.reindex(pd.MultiIndex.from_frame(keys))


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(path: str, stamp: Stamp) -> "pd.Series[int]":
    index = opened(path).index
    keys = pd.MultiIndex.from_frame(index[place_of(index)])
    return pd.Series(np.arange(len(index)), index=keys).sort_index()


def rejects(store: PatchStore) -> pd.DataFrame:
    """Files rejected from a store: `file, reason, detail`."""
    file = store.path / "rejects.csv"
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as broken:
        raise Refusal(f"expected a table of files in {file}: {broken}.") from None
    if not {"file", "reason"} <= set(table.columns):
        raise Refusal(f"expected the columns file and reason in {file}: they are missing.")
    return table


def opened(path: str) -> PatchStore:
    """The store as its files are now: after a replacement it is reopened, pixels included."""
    folder = Path(path)
    return _store(
        path,
        stamp(folder / "index.parquet"),
        stamp(folder / "manifest.json"),
        tuple(stamp(file) for file in pixel_files(folder) if file.is_file()),
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _store(path: str, index: Stamp, manifest: Stamp, pixels: tuple[Stamp, ...]) -> PatchStore:
    return open_store(Path(path))
