"""The files of the synthetic slides: pyramids as scanners write them, outlines, and two tables for
`train_cli.py cut`.

Tiles are compressed without loss, as the pixels have to be the same on every machine: a JPEG
encoder may round otherwise.
"""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tifffile

from idc_core.demo.close_up import UM, close_up
from idc_core.demo.draw import Image
from idc_core.demo.slide_outlines import CLASSES, geojson
from idc_core.demo.slide_plans import SLIDES, SlidePlan, laid_out
from idc_core.io.files import write_text, write_with
from idc_core.io.progress import TellStage

CLASS_TABLE, SLIDE_TABLE = "classes.csv", "slides.csv"
LEVELS = 3
_TILE = 256


def draw_files(
    folder: Path, progress: TellStage | None = None, slides: Sequence[SlidePlan] = SLIDES
) -> None:
    """Write what is missing in `folder`: a slide's picture is written after its outlines."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / CLASS_TABLE, CLASSES)
    rows = [f"{each.slide},{each.patient}\n" for each in slides]
    write_text(folder / SLIDE_TABLE, "slide,patient\n" + "".join(rows))
    left = [each for each in slides if not slide_file(folder, each).is_file()]
    # NumPy works outside of Python's lock: two threads are nearly twice as fast.
    with ThreadPoolExecutor(2) as threads:
        drawn = threads.map(lambda each: draw_file(folder, each), left)
        for done, _ in enumerate(drawn, start=1):
            if progress:
                progress("drawing", done, len(left))


def slide_file(folder: Path, slide: SlidePlan) -> Path:
    """Where a slide lies."""
    return folder / f"{slide.slide}.tif"


def draw_file(folder: Path, slide: SlidePlan) -> None:
    """Draw one slide, and write its outlines and its pyramid."""
    laid, rng = laid_out(slide)
    write_text(folder / f"{slide.slide}.geojson", geojson(slide, laid))
    content = pyramid(close_up(slide.plan, laid, rng))
    write_with(slide_file(folder, slide), lambda file: file.write(content))


def pyramid(pixels: Image) -> bytes:
    """A tiled TIFF, every level half of the one before."""
    content = io.BytesIO()
    with tifffile.TiffWriter(content) as tiff:
        for level in range(LEVELS):
            tiff.write(
                pixels,
                tile=(_TILE, _TILE),
                photometric="rgb",
                compression="zlib",
                predictor=True,
                subfiletype=1 if level else 0,
                resolution=(1e4 / UM / 2**level,) * 2,
                resolutionunit="CENTIMETER",
                software="idc_core.demo",
                metadata=None,
            )
            pixels = halved(pixels)
    return content.getvalue()


def halved(pixels: Image) -> Image:
    """Half as large: the rounded mean of four pixels."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    four = pixels[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    total = four.sum(axis=(1, 3), dtype=np.uint16) + 2
    return np.asarray(total >> 2, np.uint8)
