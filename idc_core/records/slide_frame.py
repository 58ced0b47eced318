"""What a slide says of its geometry: what outlines in another program's frame are read with."""

import math
from dataclasses import dataclass
from typing import Literal

Size = tuple[int, int]
"""Width and height."""


@dataclass(frozen=True, slots=True)
class SlideFrame:
    """Places are pixels of the finest level, level 0, (0, 0) the top left corner of its canvas.

    `size` of that level; `level_sizes` of every level, the finest first. `um_x`, `um_y`: µm of a
    pixel across and down, `um_from` who says so. `bounds_x`, `bounds_y`, `bounds_size`: the part
    that was scanned, which QuPath shows as the whole (MRXS, NDPI; openslide.bounds-*).
    `offset_x_nm`, `offset_y_nm`: from the slide's middle to that of the picture, in nm (NDPI;
    hamamatsu.XOffsetFromSlideCentre). `scanner`: its maker, never its number. None where the slide
    does not say.
    """

    size: Size
    um_x: float | None = None
    um_y: float | None = None
    bounds_x: int | None = None
    bounds_y: int | None = None
    bounds_size: Size | None = None
    offset_x_nm: float | None = None
    offset_y_nm: float | None = None
    level_sizes: tuple[Size, ...] = ()
    um_from: Literal["file", "given", "unknown"] = "unknown"
    scanner: str = ""

    @property
    def corner(self) -> tuple[int, int]:
        """Left and top of what viewers show."""
        return self.bounds_x or 0, self.bounds_y or 0


def side_in_level0(patch_px: int, um: float, own_um: float) -> float:
    """Pixels of the finest level, of `own_um` µm, along a square of `patch_px` at `um` µm a pixel.

    A whole number where it is one but for what floats round: squares that begin between two pixels
    would be resampled.

    >>> side_in_level0(224, 0.5, 0.25), side_in_level0(50, 0.5, 0.2500000001)
    (448.0, 100.0)
    """
    side = patch_px * um / own_um
    return float(round(side)) if math.isclose(side, round(side), rel_tol=1e-6) else side
