"""The same patches as one store, and as a dozen stores of a patient each, to be joined."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from idc_core.data.prepare import prepare
from idc_core.data.stores.cut_patches import write_store
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster

PATIENTS = tuple(str(10_000 + 37 * at) for at in range(12))
COLUMNS, ROWS = 4, 3


def as_one(root: Path) -> PatchStore:
    """`root/data/one`: twelve patients of 4 × 3 patches, the right half IDC and darker; the first
    two share a patch."""
    _draw(root / "source")
    return prepare(root / "source", root / "data" / "one", threads=1)


def as_a_dozen(root: Path) -> list[Path]:
    """`root/data/s00` to `s11`: a store of each patient, of the files of `as_one`."""
    if not (root / "source").is_dir():
        _draw(root / "source")
    for number, patient in enumerate(PATIENTS):
        shutil.copytree(root / "source" / patient, root / f"s{number:02}" / patient)
        prepare(root / f"s{number:02}", root / "data" / f"s{number:02}", threads=1)
    return [root / "data" / f"s{number:02}" for number in range(len(PATIENTS))]


def drawn(
    folder: Path,
    patients: Sequence[str],
    raster: Raster | None = None,
    *,
    seed: int = 0,
    slides: Sequence[str] = (),
    splits: Sequence[str] = (),
    synthetic: bool | None = None,
) -> PatchStore:
    """A store of two patches a patient, of label 0 and 1; `slides`, `splits`: one per patient."""
    raster = raster or Raster()
    side, rng = raster.patch_px, np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "patient": [each for each in patients for _ in range(2)],
            "x": [1, 1 + raster.stride_px] * len(patients),
            "y": 1,
            "label": [0, 1] * len(patients),
            "split": [each for each in splits or ["train"] * len(patients) for _ in range(2)],
        }
    )
    if slides:
        rows["slide"] = [each for each in slides for _ in range(2)]
    patches = rng.integers(0, 256, (len(rows), side, side, 3)).astype(np.uint8)
    return write_store(folder, rows, patches, raster, synthetic=synthetic)


def _draw(source: Path) -> None:
    rng = np.random.default_rng(5)
    shared = rng.integers(0, 256, (50, 50, 3)).astype(np.uint8)
    for number, patient in enumerate(PATIENTS):
        for at in range(COLUMNS * ROWS):
            row, column = divmod(at, COLUMNS)
            label = int(column >= COLUMNS // 2)
            pixels = rng.normal(205 - 60 * label - number, 20, (50, 50, 3)).clip(0, 255)
            if at == 0 and number < 2:
                pixels = shared
            name = f"{patient}_idx5_x{1 + 50 * column}_y{1 + 50 * row}_class{label}.png"
            file = source / patient / str(label) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(file), pixels.astype(np.uint8))
