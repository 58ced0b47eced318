"""Where the patches of an image lie at a stated resolution, and what of them is tissue.

Conventions as in the IDC data: columns and rows from 0, no overlap; a square that sticks out of the
image is padded with white. At the image's own resolution a square is a whole number of its pixels.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import side_in_level0
from idc_core.wsi.reading import TissueImage
from idc_core.wsi.tissue import LOOK_PX, Look, Mask, Shares, TissueRule, look

MOST_PATCHES = 200_000
FINER = 1.05
"""How much finer than the file the asked resolution may be: rounding, not made-up detail."""

_SLIVER = 0.02
"""Share of a square at the right and bottom edge that rounded µm may make up. At the image's own
resolution nothing is rounded, and every pixel lies in a square."""


@dataclass(frozen=True)
class Plan:
    """The grid over an image; a square is `side` pixels of its finest level and `patch_px` of the
    patch, at `um_per_px`."""

    columns: int
    rows: int
    side: float
    patch_px: int
    um_per_px: float
    look: Look = field(repr=False)
    rule: TissueRule

    @cached_property
    def tissue(self) -> Shares:
        """Share of each square, (rows, columns)."""
        return self.look.tissue_share

    @cached_property
    def pen(self) -> Shares:
        """Share of each square, (rows, columns)."""
        return self.look.pen_share

    @property
    def kept(self) -> Mask:
        """Squares with enough tissue, (rows, columns)."""
        return np.asarray(self.tissue >= self.rule.least, np.bool_)

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """(column, row) of every square with enough tissue, row after row, from 0."""
        row, column = np.nonzero(self.kept)
        return np.column_stack([column, row])

    @property
    def look_um(self) -> float:
        """µm of a pixel of the look."""
        return self.um_per_px * self.patch_px / LOOK_PX


def plan(
    image: TissueImage,
    target_um: float,
    patch_px: int,
    *,
    rule: TissueRule | None = None,
    most: int = MOST_PATCHES,
) -> Plan:
    """Lay a grid of patches of `patch_px` at `target_um` µm per pixel, and look for tissue.

    Raises `Refusal` where no µm per pixel is known, the file is coarser than asked for, or the
    squares are more than `most`.
    """
    own = image.um_per_px
    if own is None:
        raise Refusal(
            f"expected to know how many µm a pixel of {image.path.name} is: the file does not say. "
            "Say it (a 40x scan is often about 0.25, a 20x scan about 0.5)."
        )
    if own > target_um * FINER:
        raise Refusal(
            f"expected an image at least as fine as {target_um:g} µm per pixel: "
            f"{image.path.name} has {own:.3g}. Detail that is not there cannot be made up."
        )
    side = side_in_level0(patch_px, target_um, own)
    sliver = 0 if side == patch_px else _SLIVER
    columns, rows = (max(math.ceil(length / side - sliver), 1) for length in image.size)
    if columns * rows > most:
        raise Refusal(
            f"expected at most {most:,} patches: {image.path.name} would give {columns * rows:,}. "
            "Ask for a coarser resolution."
        )
    rule = rule or TissueRule()
    seen = look(image, columns, rows, side, rule)
    return Plan(columns, rows, side, patch_px, target_um, seen, rule)
