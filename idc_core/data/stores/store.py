"""A patch store: `data/<name>/`, the packed form of a folder of patches.

- `patches.npy`   uint8, (n, side, side, 3), RGB, read by row; edge patches padded with white; of
  patches above 64 px that were cut of slides `patches.coded` (`coded.py`) instead; of a joined
  store neither, but `shards.json`, the stores that have them (`records/shards.py`)
- `index.parquet` one row per patch, in the order of `patches.npy`; columns `INDEX_COLUMNS`
- `slides.parquet` of a store that was cut: one row per slide, also of those that were refused;
  `slides/` a picture of each that was cut, and its outlines
- `rejects.csv`   every file that was not taken: `file, reason, detail`
- `manifest.json` name, source, fingerprint, counts, split rule, whole patients, and
  `raster`: the side and step of patches, what the classes are called (`records/`)

The index is sorted by patient, slide, then y, then x.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data import known_labels
from idc_core.data.places import PATCH, place_of
from idc_core.data.stores.joined import joined_pixels
from idc_core.data.stores.pixel_files import (
    has_pixels,
    needed_folder,
    opened_pixels,
    pixel_file_in,
)
from idc_core.data.stores.pixels import PatchRows
from idc_core.io import kinds
from idc_core.io.files import read_parquet
from idc_core.io.names import store_names
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest, read_manifest
from idc_core.records.raster import USUAL, Raster
from idc_core.records.shards import shards_of

Patches = npt.NDArray[np.uint8]  # (n, side, side, 3), RGB

INDEX_COLUMNS = ("patient", "x", "y", "label", "width", "height", "file", "digest", "split")
"""After `patient` comes `slide` where patients have slides of their own names (`places.py`).

patient, slide str · x, y int32 · label int8 (`known_labels`) · width, height int16 (true size) ·
file str (as found, relative to the source) · digest str (of the true pixels) · split str (one of
`splits.SPLITS`)."""


SLIDES = "slides.parquet"
KEPT_SLIDES = "slides"
"""Folder of such a store: `0.jpg` is a picture of the slide in the first row of `slides.parquet`,
`0.json` what lies over it (`cut/laid_over.py`)."""

MEASURED = ("section", "share", "tissue", "pen", "sharpness")
"""Of each patch of a store that was cut, beside `INDEX_COLUMNS`: the section of its slide; shares
of the positive class, of tissue and of ink, 0 to 1; variance of the Laplacian."""

SOURCE, ROW = "source", "row"
"""Of each patch of a joined store, beside the others: the store that it lies in, and its row there.
"""

INDEX_KINDS = kinds.PATCH | {
    "width": kinds.WHOLE,
    "height": kinds.WHOLE,
    "file": kinds.TEXT,
    "digest": kinds.TEXT,
    "split": kinds.TEXT,
    SOURCE: kinds.TEXT,
    ROW: kinds.WHOLE,
}


@dataclass(frozen=True)
class PatchStore:
    """An opened patch store. Pixels are read when asked for, and may be absent (`has_pixels`)."""

    path: Path
    index: pd.DataFrame
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every patch's name, pixels and split: same data, same text."""
        return self.manifest.fingerprint

    @property
    def raster(self) -> Raster:
        """Side and step of its patches, names of its classes."""
        return self.manifest.raster

    @property
    def whole_patients(self) -> frozenset[str]:
        """Patients whose tissue can be put back together; only there do neighbours mean much."""
        return frozenset(self.manifest.whole_patients)

    @property
    def has_pixels(self) -> bool:
        return has_pixels(self.path)

    @property
    def pixel_file(self) -> Path:
        """Where they lie, or would; of a joined store the list of the stores that have them."""
        return pixel_file_in(self.path)

    @cached_property
    def patches(self) -> PatchRows:
        """All pixels, (n, side, side, 3), read when rows are asked for.

        Raises `Refusal` where they are not there or damaged, naming the store of a joined one.
        """
        shards, side = shards_of(self.path), self.raster.patch_px
        if not shards:
            return opened_pixels(self.path, self.name, len(self.index), side)
        parts = [
            opened_pixels(needed_folder(self.path, each), each.name, each.patches, side)
            for each in shards
        ]
        number = {each.name: at for at, each in enumerate(shards)}
        try:
            at = np.stack([self.index[SOURCE].map(number), self.index[ROW]], axis=1)
            return joined_pixels(parts, at.astype(np.int64))
        except (KeyError, ValueError) as broken:
            raise Refusal(
                f"expected a store and a row of each patch in {self.path / 'index.parquet'}: it is "
                f"damaged ({broken}). Join the stores again."
            ) from None


def open_store(path: Path) -> PatchStore:
    """Open the store in `path`; raises `Refusal` with the command that makes one."""
    manifest = read_manifest(path)
    index = read_parquet(path / "index.parquet")
    missing = [name for name in INDEX_COLUMNS if name not in index]
    if missing:
        raise Refusal(
            f"expected the columns {', '.join(INDEX_COLUMNS)} in {path / 'index.parquet'}: "
            f"{', '.join(missing)} missing."
        )
    index["label"] = known_labels.settled(index["label"], path / "index.parquet")
    kinds.refuse_others(path / "index.parquet", index, INDEX_KINDS)
    return PatchStore(path, index, manifest)


def stores(root: Path) -> Iterator[PatchStore]:
    """Every store in `root` that opens, by name; a damaged one concerns nobody who did not name it.

    Hidden folders are being written.
    """
    for folder in store_folders(root):
        try:
            yield open_store(folder)
        except Refusal:
            continue


def store_folders(root: Path) -> list[Path]:
    """Folders in `root` with a manifest, by name."""
    return [root / name for name in store_names(root)]


def columns_of(index: pd.DataFrame) -> list[str]:
    """`INDEX_COLUMNS`, with the slide behind the patient where slides have names of their own."""
    return [*place_of(index), *INDEX_COLUMNS[len(PATCH) :]]


def fingerprint_of(index: pd.DataFrame, raster: Raster = USUAL) -> str:
    """SHA-256 over every patch's place, label, size, pixels and split, in the order of the index,
    and over how the patches were cut, unless that is as usual."""
    columns = [index[name] for name in columns_of(index) if name != "file"]
    content = hashlib.sha256()
    if not raster.cut_as_usual:
        cut = f"{raster.patch_px} px every {raster.stride_px}, {raster.um_per_px} um\n"
        content.update(cut.encode())
    for row in zip(*columns, strict=True):
        content.update((" ".join(map(str, row)) + "\n").encode())
    return content.hexdigest()
