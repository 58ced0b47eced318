"""A synthetic slide of 32,000² pixels in JPEG tiles: cut into patches against OpenSlide alone.

Promised: at least half of the rate at which OpenSlide reads the same squares one by one and does
nothing with them, and at most 1 GB of memory. Both sides take the same bands of the slide in turns,
in processes of their own; the ratio is that of all their seconds.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import openslide

from benchmarks.shared.promise import judge
from idc_core.wsi.cutting import cut
from idc_core.wsi.reading import open_image
from idc_core.wsi.sharpness import sharpness
from idc_core.wsi.tiling import Plan, plan
from tests.slides import draw_large

PROMISED, MOST_GB = 0.5, 1.0
SIDE, PX, UM, ROWS = 32_000, 224, 0.5, 8
"""Rows of squares that are taken in turns."""


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        path = draw_large(Path(folder) / "slide.tif", SIDE, um=UM)
        squares, ours, pure, peak = 0, 0.0, 0.0, 0.0
        spawn = multiprocessing.get_context("spawn")
        with (
            ProcessPoolExecutor(1, spawn) as cutting,
            ProcessPoolExecutor(1, spawn) as reading,
        ):
            ours += cutting.submit(look, path).result()
            for top in range(0, SIDE // PX, ROWS):
                count, seconds, peak = cutting.submit(cut_rows, top).result()
                squares, ours = squares + count, ours + seconds
                pure += reading.submit(read_rows, path, top).result()
    told = (
        f"{squares:,} squares: {squares / ours:,.0f}/s against {squares / pure:,.0f}/s read alone"
    )
    return all(
        [
            judge(
                "a slide cut, of its squares read",
                pure / ours,
                PROMISED,
                "×",
                at_least=True,
                detail=told,
            ),
            judge("memory of cutting", peak, MOST_GB, " GB"),
        ]
    )


_OPENED: list[tuple[Path, Plan]] = []


def look(path: Path) -> float:
    """Seconds that opening and the look at the whole slide take."""
    started = time.perf_counter()
    with open_image(path) as image:
        _OPENED.append((path, plan(image, UM, PX)))
    return time.perf_counter() - started


def cut_rows(top: int) -> tuple[int, float, float]:
    """Squares of these rows, seconds for them, and the most memory so far in GB."""
    path, laid = _OPENED[0]
    kept = np.zeros_like(laid.kept)
    kept[top : top + ROWS] = laid.kept[top : top + ROWS]
    started, count = time.perf_counter(), 0
    with open_image(path) as image:
        for block in cut(image, laid, kept):
            sharpness(block)
            count += len(block.patches)
    seconds = time.perf_counter() - started
    return count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def read_rows(path: Path, top: int) -> float:
    """Seconds that OpenSlide takes for the squares of these rows, one by one."""
    started = time.perf_counter()
    with openslide.OpenSlide(str(path)) as slide:
        for row in range(top, min(top + ROWS, -(-SIDE // PX))):
            for column in range(-(-SIDE // PX)):
                slide.read_region((column * PX, row * PX), 0, (PX, PX))
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
