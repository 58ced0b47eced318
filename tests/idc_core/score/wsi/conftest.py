"""Slides drawn for the tests: tiled pyramids whose every square has a colour of its own."""

from pathlib import Path

import numpy as np
import pytest
import tifffile


@pytest.fixture(scope="session")
def draw():
    """Writes a tiled pyramidal TIFF as slide scanners do; gives its path."""

    def write(path: Path, pixels, *, levels=3, tile=64):
        with tifffile.TiffWriter(path) as file:
            for level in range(levels):
                part = pixels[:: 2**level, :: 2**level]
                file.write(
                    part,
                    tile=(tile, tile),
                    photometric="rgb",
                    compression="zlib",
                    subfiletype=1 if level else 0,
                )
        return path

    return write


def squares(columns, rows, side):
    """Pink squares, each of another shade, (rows · side, columns · side, 3)."""
    shade = np.arange(columns * rows).reshape(rows, columns)
    pixels = np.empty((rows, columns, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = 200 - shade, 90 + shade, 160
    return pixels.repeat(side, axis=0).repeat(side, axis=1)


@pytest.fixture(scope="session")
def shades():
    """Makes a picture of squares."""
    return squares
