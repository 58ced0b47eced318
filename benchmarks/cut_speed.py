"""A synthetic slide of 32,000² pixels in JPEG tiles: cut and labelled against OpenSlide alone.

Promised: at least half of the rate at which OpenSlide reads the same squares one by one and does
nothing with them, and at most 1 GB of memory. Ours is all that `cut` does for a slide: the look at
the whole, reading and laying its outlines, the squares, their sharpness, JPEG of each, the files.
OpenSlide reads one half of the squares before and the other after, in a process of its own.
"""

import json
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
from idc_core.annotations.classes import ClassMap, Role, Rule
from idc_core.annotations.labels import Thresholds
from idc_core.cut.jobs import Job
from idc_core.cut.one_slide import cut_slide
from idc_core.cut.settings import Settings
from idc_core.records.raster import Raster
from tests.slides import draw_large

PROMISED, MOST_GB = 0.5, 1.0
SIDE, PX, UM = 32_000, 224, 0.5
ACROSS = -(-SIDE // PX)
OUTLINES, POINTS = 400, 500
"""Of the annotation: as many lesions, with so many points each."""


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        path = draw_large(Path(folder) / "slide.tif", SIDE, um=UM)
        outlines = draw_outlines(Path(folder) / "slide.geojson")
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, spawn) as cutting, ProcessPoolExecutor(1, spawn) as reading:
            half = ACROSS // 2
            pure = reading.submit(read_rows, path, 0, half).result()
            squares, ours, peak = cutting.submit(cut_all, path, outlines).result()
            pure += reading.submit(read_rows, path, half, ACROSS).result()
    alone, rate = ACROSS**2 / pure, squares / ours
    told = f"{squares:,} squares with a label: {rate:,.0f}/s against {alone:,.0f}/s read alone"
    return all(
        [
            judge(
                "a slide cut and labelled, of its squares read",
                rate / alone,
                PROMISED,
                "×",
                at_least=True,
                detail=told,
            ),
            judge("memory of cutting", peak, MOST_GB, " GB"),
        ]
    )


def draw_outlines(path: Path) -> Path:
    """Lesions with ragged edges, as QuPath writes them, all over the slide; its path."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    features = []
    for middle in rng.uniform(0, SIDE, (OUTLINES, 2)):
        reach = rng.uniform(200, 900) * (1 + 0.1 * rng.standard_normal(POINTS))
        ring = middle + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        closed = np.clip(ring, 0, SIDE).round(2).tolist()
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [[*closed, closed[0]]]},
                "properties": {"objectType": "annotation", "classification": {"name": "Tumor"}},
            }
        )
    path.write_text(json.dumps(features))
    return path


def cut_all(path: Path, outlines: Path) -> tuple[int, float, float]:
    """Squares that were taken, seconds for the slide, and the most memory so far in GB."""
    raster = Raster(patch_px=PX, um_per_px=UM, um_from="given")
    classes = ClassMap((Rule("tumor", Role.POSITIVE),))
    job = Job("slide", "slide", path, outlines, exhaustive=True)
    started = time.perf_counter()
    # Hardly any square is undecided, so that both sides deal with the same.
    settings = Settings(raster, UM, classes, thresholds=Thresholds(0.5, 0.499))
    done = cut_slide(job, settings, path.parent / "part")
    seconds = time.perf_counter() - started
    return done.taken, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def read_rows(path: Path, first: int, last: int) -> float:
    """Seconds that OpenSlide takes for the squares of these rows, one by one."""
    started = time.perf_counter()
    with openslide.OpenSlide(str(path)) as slide:
        for row in range(first, last):
            for column in range(ACROSS):
                slide.read_region((column * PX, row * PX), 0, (PX, PX))
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
