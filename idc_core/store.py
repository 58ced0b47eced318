"""A patch store: `data/<name>/`, the packed form of a folder of patches.

- `patches.npy`   uint8, (n, 50, 50, 3), RGB, memory-mapped; edge patches padded with white
- `index.parquet` one row a patch, in the order of `patches.npy`; columns `INDEX_COLUMNS`
- `rejects.csv`   every file that was not taken: `file, reason, detail`
- `manifest.json` name, source, fingerprint, counts, split rule, whole patients

The index is sorted by patient, then y, then x.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core import known_labels
from idc_core.files import read_json, read_parquet
from idc_core.patches import PATCH_PX
from idc_core.refusal import Refusal

Patches = npt.NDArray[np.uint8]  # (n, 50, 50, 3), RGB

INDEX_COLUMNS = ("patient", "x", "y", "label", "width", "height", "file", "digest", "split")
"""patient str · x, y int32 · label int8 (`known_labels`) · width, height int16 (true size) ·
file str (as found, relative to the source) · digest str (of the true pixels) · split str (one of
`splits.SPLITS`)."""


@dataclass(frozen=True)
class PatchStore:
    """An opened patch store. Pixels are mapped, not read, and may be absent (`has_pixels`)."""

    path: Path
    index: pd.DataFrame
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every patch's name, pixels and split: same data, same text."""
        return str(self.manifest["fingerprint"])

    @property
    def whole_patients(self) -> frozenset[str]:
        """Patients whose tissue can be put back together; only there do neighbours mean much."""
        return frozenset(self.manifest["whole_patients"])

    @property
    def has_pixels(self) -> bool:
        return (self.path / "patches.npy").is_file()

    @cached_property
    def patches(self) -> Patches:
        """All pixels, (n, 50, 50, 3), mapped read-only."""
        file = self.path / "patches.npy"
        expected = (len(self.index), PATCH_PX, PATCH_PX, 3)
        try:
            mapped: Patches = np.load(file, mmap_mode="r", allow_pickle=False)
        except FileNotFoundError:
            raise Refusal(
                f"expected the pixels in {file}: they are not there. "
                "Make them again: python train_cli.py demo, "
                f"or python train_cli.py prepare SOURCE --name {self.name}."
            ) from None
        except (ValueError, OSError) as broken:
            raise Refusal(f"expected packed patches in {file}: it is damaged ({broken}).") from None
        if mapped.shape != expected or mapped.dtype != np.uint8:
            raise Refusal(
                f"expected {expected} uint8 in {file}, as its index says: "
                f"found {mapped.shape} {mapped.dtype}."
            )
        return mapped


def open_store(path: Path) -> PatchStore:
    """Open the store in `path`; raises `Refusal` with the command that makes one."""
    if not (path / "manifest.json").is_file():
        raise Refusal(
            f"expected a patch store in {path}: there is none. "
            f"Make it: python train_cli.py prepare SOURCE --name {path.name}."
        )
    index = read_parquet(path / "index.parquet")
    if "label" in index:
        index["label"] = known_labels.settled(index["label"], path / "index.parquet")
    return PatchStore(path, index, read_json(path / "manifest.json"))


def fingerprint_of(index: pd.DataFrame) -> str:
    """SHA-256 over every patch's place, label, size, pixels and side, in the order of the index."""
    columns = [index[name] for name in INDEX_COLUMNS if name != "file"]
    content = hashlib.sha256()
    for row in zip(*columns, strict=True):
        content.update((" ".join(map(str, row)) + "\n").encode())
    return content.hexdigest()
