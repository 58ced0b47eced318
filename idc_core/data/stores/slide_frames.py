"""How the patches of a store that was cut lie on their slides, from its `slides.parquet`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.data.places import SLIDE
from idc_core.data.stores.store import SLIDES
from idc_core.io.files import read_parquet
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.records.slide_frame import SlideFrame, side_in_level0

SOURCE_MARK = "source_mark"
_NUMBERS = ("width", "height", "um_x", "um_y", "origin_x", "origin_y")


@dataclass(frozen=True, slots=True)
class CutSlide:
    """A slide, and how many pixels of its finest level a pixel of its patches is wide and high.

    `number`: its row in `slides.parquet`; `file`: the name of its own file; `source_mark`: where it
    was cut from, in a joined store (`Manifest.source_mark` of the store that it came from)."""

    frame: SlideFrame
    scale: float
    number: int = 0
    name: str = ""
    file: str = ""
    source_mark: str = ""

    @property
    def um_per_px(self) -> float:
        """µm of a pixel of its finest level, the mean of across and down."""
        assert self.frame.um_x is not None
        assert self.frame.um_y is not None
        return (self.frame.um_x + self.frame.um_y) / 2

    def boxes(self, rows: pd.DataFrame, patch_px: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Left, top, right and bottom of patches at `x`, `y`, (n, 4), in pixels of the finest
        level; what would stick out of the slide is left out."""
        corner = (rows[["x", "y"]].to_numpy(np.float64) - 1) * self.scale
        ends = np.minimum(corner + patch_px * self.scale, self.frame.size)
        return np.concatenate([corner, ends], axis=1)

    def field(self, place: tuple[int, int], patch_px: int, um: float) -> tuple[float, float, float]:
        """Left, top and side of the square field of `um` µm whose middle is that of the patch at
        `place`, in pixels of the finest level; it may stick out of the slide."""
        side = um / self.um_per_px
        left, top = ((each - 1 + patch_px / 2) * self.scale - side / 2 for each in place)
        return left, top, side


def slide_frames(folder: Path, raster: Raster) -> dict[str, CutSlide]:
    """Slide → how it was cut, for the store in `folder`; empty for one that was not cut.

    Raises `Refusal` where the table lacks a number.
    """
    file = folder / SLIDES
    if raster.um_per_px is None or not file.is_file():
        return {}
    table = read_parquet(file)
    missing = [name for name in (SLIDE, *_NUMBERS) if name not in table]
    if missing:
        raise Refusal(
            f"expected the columns {', '.join((SLIDE, *_NUMBERS))} in {file}: {', '.join(missing)} "
            "missing. Put the file back, or cut the slides again."
        )
    return {
        str(row[SLIDE]): _cut(number, row, raster, file)
        for number, row in enumerate(table.to_dict("records"))
        if row.get("state", "done") == "done"
    }


def _cut(number: int, row: Mapping[Any, Any], raster: Raster, file: Path) -> CutSlide:
    try:
        width, height, um_x, um_y, left, top = (float(row[name]) for name in _NUMBERS)
    except (TypeError, ValueError):
        width = height = um_x = um_y = left = top = np.nan
    sizes = np.array((width, height, um_x, um_y))
    if not ((sizes > 0) & np.isfinite(sizes)).all() or not np.isfinite((left, top)).all():
        raise Refusal(
            f"expected size, µm and origin of the slide {str(row[SLIDE])[:64]} in {file}: found "
            "no numbers. Put the file back, or cut the slides again."
        )
    frame = SlideFrame(
        size=(int(width), int(height)),
        um_x=um_x,
        um_y=um_y,
        bounds_x=int(left),
        bounds_y=int(top),
    )
    assert raster.um_per_px is not None
    side = side_in_level0(raster.patch_px, raster.um_per_px, (um_x + um_y) / 2)
    scale = side / raster.patch_px
    name, file_name, mark = (str(row.get(key, "")) for key in (SLIDE, "file", SOURCE_MARK))
    return CutSlide(frame, scale, number, name, file_name, mark)
