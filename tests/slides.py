"""Slides drawn for tests and benchmarks: tiled pyramids as scanners write them."""

from pathlib import Path

import numpy as np
import tifffile


def shades(columns, rows, side):
    """Pink squares, each of another shade, (rows · side, columns · side, 3)."""
    shade = np.arange(columns * rows).reshape(rows, columns)
    pixels = np.empty((rows, columns, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = 200 - shade, 90 + shade, 160
    return pixels.repeat(side, axis=0).repeat(side, axis=1)


def draw(path: Path, pixels, *, levels=3, tile=64, **how):
    """Write a lossless tiled pyramid, every level half of the one before; its path.

    `how`: of the finest level, as tifffile names it.
    """
    with tifffile.TiffWriter(path) as file:
        for level in range(levels):
            part = pixels[:: 2**level, :: 2**level]
            file.write(
                part,
                tile=(tile, tile),
                photometric="rgb",
                compression="zlib",
                subfiletype=1 if level else 0,
                **({} if level else how),
            )
    return path
