"""A slide as tiles, as viewers that pan and zoom ask for them.

Level 0 is the whole slide in one pixel, each level twice as large as the one before, the last one
the slide itself (Deep Zoom). Tiles at the right and bottom edge are smaller.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import TissueImage
from idc_core.wsi.source import Pixels

TILE_PX = 256
QUALITY = 85
"""Of a tile as JPEG."""


def deepest(size: tuple[int, int]) -> int:
    """The level that is the slide itself, `size` its width and height.

    >>> deepest((32_000, 1_000)), deepest((256, 256)), deepest((1, 1))
    (15, 8, 0)
    """
    return math.ceil(math.log2(max(size)))


class Region(NamedTuple):
    """A part of a slide in pixels of its finest level, and how many pixels are wanted of it."""

    left: float
    top: float
    wide: float
    high: float
    out_wide: int
    out_high: int


def region_of(size: tuple[int, int], level: int, column: int, row: int) -> Region:
    """What a tile shows of a slide of `size`, width and height.

    Raises `Refusal` where there is no such tile.

    >>> region_of((1000, 600), 9, 1, 0)  # half as large: 500 × 300
    Region(left=512.0, top=0.0, wide=488.0, high=512.0, out_wide=244, out_high=256)
    """
    last = deepest(size)
    shrink = 2 ** (last - level) if 0 <= level <= last else 0
    wide, high = (math.ceil(length / shrink) if shrink else 0 for length in size)
    left, top = column * TILE_PX, row * TILE_PX
    if not (0 <= left < wide and 0 <= top < high):
        raise Refusal(
            f"expected a tile of a slide of {size[0]:,} × {size[1]:,} pixels: it has none in level "
            f"{level}, column {column}, row {row}."
        )
    out = min(TILE_PX, wide - left), min(TILE_PX, high - top)
    return Region(
        float(left * shrink),
        float(top * shrink),
        float(out[0] * shrink),
        float(out[1] * shrink),
        *out,
    )


def region(image: TissueImage, wanted: Region) -> Pixels:
    """A part of a slide, (out_high, out_wide, 3), shrunk by the mean of areas; white outside.

    Raises `Refusal` where the slide is damaged there.
    """
    left, top = max(wanted.left, 0.0), max(wanted.top, 0.0)
    scale = wanted.out_wide / wanted.wide
    skipped = round((left - wanted.left) * scale), round((top - wanted.top) * scale)
    out = max(wanted.out_wide - skipped[0], 1), max(wanted.out_high - skipped[1], 1)
    side = out[0] / scale, out[1] / scale
    inner = image.read(left, top, side, out)
    if skipped == (0, 0):
        return inner
    found = np.full((wanted.out_high, wanted.out_wide, 3), 255, np.uint8)
    part = found[skipped[1] :, skipped[0] :]
    part[:] = inner[: part.shape[0], : part.shape[1]]
    return found


def as_jpeg(pixels: Pixels) -> bytes:
    """RGB pixels as JPEG."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()
