"""The squares of a grid as patches, band by band from the top, block by block from the left.

A block of squares is one reading of the next finer level, reduced by the mean of areas: reading
many small parts costs as much as reading large ones. At the image's own resolution nothing is
reduced, and pixels come out as they are in the file, to the byte. One block is in memory at a time
(at most `MOST_BLOCK_PX` pixels, 12 MB), and what is read for it in parts of at most
`reading.MOST_READ_PX` pixels (64 MB): memory grows with neither the slide nor the patches.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.wsi.reading import TissueImage
from idc_core.wsi.source import Pixels
from idc_core.wsi.tiling import Plan
from idc_core.wsi.tissue import Mask

MOST_BLOCK_PX = 4_000_000
_MOST_ACROSS = 8
"""Squares that a block is wide and high, at most."""

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Patches (n, px, px, 3) with their `places` (n, 2), column and row of the grid from 0, and
    their `true_sizes` (n, 2), width and height of what lies in the image: the rest is white, at the
    right and below."""

    patches: Pixels
    places: Places
    true_sizes: Places


def cut(
    image: TissueImage, laid: Plan, kept: Mask | None = None, *, across: int | None = None
) -> Iterator[Cut]:
    """The squares that are `kept` (rows, columns; without it those with enough tissue).

    `across`: squares that a block is wide and high; as many as memory allows, up to 8. Raises
    `Refusal` where the image is damaged at such a square.
    """
    kept = laid.kept if kept is None else kept
    px = laid.patch_px
    most = across or max(min(_MOST_ACROSS, math.isqrt(MOST_BLOCK_PX) // px), 1)
    for top in range(0, laid.rows, most):
        for left in range(0, laid.columns, most):
            part = kept[top : top + most, left : left + most]
            if not part.any():
                continue
            high, wide = part.shape
            whole = image.read(
                left * laid.side,
                top * laid.side,
                (wide * laid.side, high * laid.side),
                (wide * px, high * px),
            )
            row, column = np.nonzero(part)
            squares = whole.reshape(high, px, wide, px, 3).swapaxes(1, 2)
            places = np.column_stack([column + left, row + top])
            yield Cut(squares[row, column], places, true_sizes(image, laid, places))


def true_sizes(image: TissueImage, laid: Plan, places: Places) -> Places:
    """Width and height in patch pixels of what of each square lies in the image, (n, 2)."""
    left_over = np.asarray(image.size) - places * laid.side
    inside = np.round(left_over * laid.patch_px / laid.side).astype(np.int64)
    return np.asarray(np.clip(inside, 1, laid.patch_px), np.int64)
