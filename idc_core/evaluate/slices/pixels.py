"""How bright, coloured and stained each patch is, measured once and kept with the run.

Measures are means over a patch's true area. Edge patches are padded with white, which adds nothing
to darkness, saturation or stain, so that sums over the padded patch are divided by the true area.

- `brightness` mean of red, green and blue, 0 to 255.
- `saturation` mean of (max - min) / max of the three (HSV), 0 to 1.
- `white` share of pixels whose three colours are all at least `WHITE`.
- `haematoxylin`, `eosin` amounts of stain by colour deconvolution (Ruifrok & Johnston 2001, Anal
  Quant Cytol Histol 23:291): optical density -log10(I / 255) per colour, with I at least 1, is a
  mix of three unit vectors: the two stains and what neither explains (their cross product). The mix
  is linear, so a patch's mean amount follows from its mean density. Negative where a patch is
  tinted away from both stains.
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import PATCH, place_of
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.writer import rows_at_once
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.progress import TellCount
from idc_core.io.refusal import Refusal

Numbers = npt.NDArray[np.float64]

MEASURES = ("brightness", "saturation", "white", "haematoxylin", "eosin")
WHITE = 220
CHUNK = 500

STAINS = np.array([[0.650, 0.704, 0.286], [0.072, 0.990, 0.105]])
"""Optical density of red, green and blue of pure haematoxylin and pure eosin."""

_VERSION = 1  # in the file's name: another definition must not read yesterday's figures
_DENSITY = np.asarray(-np.log10(np.maximum(np.arange(256), 1) / 255), np.float64)
_DARKNESS = np.asarray(255 - np.arange(256), np.float64)


def measure(store: PatchStore, progress: TellCount | None = None) -> pd.DataFrame:
    """One row per patch of the store: place, `split` and `MEASURES` (float32).

    `progress(done, patches)` is called after each chunk; what it raises ends the measuring.
    """
    patches, index = store.patches, store.index
    area = index["width"].to_numpy(np.float64) * index["height"].to_numpy(np.float64)
    found = np.empty((len(index), len(MEASURES)), np.float32)
    step = min(CHUNK, rows_at_once(store.raster.patch_px))
    for first in range(0, len(index), step):
        some = slice(first, first + step)
        found[some] = measured(np.asarray(patches[some]), area[some])
        if progress is not None:
            progress(min(first + step, len(index)), len(index))
    table = index[[*place_of(index), "split"]].reset_index(drop=True)
    return table.assign(**dict(zip(MEASURES, found.T, strict=True)))


def measured(patches: npt.NDArray[np.uint8], area: npt.ArrayLike) -> Numbers:
    """`MEASURES` of patches (n, h, w, 3), padded with white to more than their true `area` (n,)."""
    pixels = np.asarray(area, np.float64)[:, None]
    size = patches.shape[1] * patches.shape[2]
    flat = np.ascontiguousarray(patches).reshape(len(patches), size, 3)
    dark, density = (_mean_of(table, patches, pixels) for table in (_DARKNESS, _DENSITY))
    red, green, blue = (np.ascontiguousarray(flat[..., colour]) for colour in range(3))
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    coloured = (most - least) / np.maximum(most, 1).astype(np.float32)
    tinted = (least < WHITE).sum(axis=1, dtype=np.float64)
    stains = density @ np.linalg.inv(_unmixed())[:, :2]
    return np.column_stack(
        [
            255 - dark.mean(axis=1),
            coloured.sum(axis=1, dtype=np.float64) / pixels[:, 0],
            1 - tinted / pixels[:, 0],
            stains,
        ]
    )


def save(folder: Path, fingerprint: str, table: pd.DataFrame) -> None:
    """Write a `measure`d table to the run's `analysis/`, for data of this fingerprint."""
    write_parquet(_file(folder, fingerprint), table)


def saved(folder: Path, fingerprint: str) -> pd.DataFrame | None:
    """The table kept for this fingerprint; None where there is none or it is damaged."""
    try:
        table = read_parquet(_file(folder, fingerprint))
    except Refusal:
        return None  # it is made again
    return table if {*PATCH, "split", *MEASURES} <= set(table.columns) else None


def place(folder: Path, fingerprint: str) -> Path | None:
    """The kept file, where there is one."""
    file = _file(folder, fingerprint)
    return file if file.is_file() else None


def _file(folder: Path, fingerprint: str) -> Path:
    return folder / "analysis" / f"pixels_v{_VERSION}_{fingerprint[:16]}.parquet"


def _mean_of(table: Numbers, patches: npt.NDArray[np.uint8], area: Numbers) -> Numbers:
    """Mean over a patch of what the table says of each of its 256 levels; (n, 3)."""
    count, high, wide, _ = patches.shape
    flat = np.ascontiguousarray(patches).reshape(count, high * wide, 3)
    looked_up = cv2.LUT(flat, table.astype(np.float32)).reshape(count, high, wide, 3)
    # Line by line as a product (five times as fast as a sum), the lines in double precision.
    lines = np.ones(wide, np.float32) @ looked_up
    means: Numbers = lines.sum(axis=1, dtype=np.float64) / area
    return means


def _unmixed() -> Numbers:
    """Unit vectors of both stains and the rest, a row each."""
    rows = np.vstack([STAINS, np.cross(*STAINS)])
    unit: Numbers = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
