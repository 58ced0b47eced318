"""A synthetic slide of 5,000 patches: reading, cutting and scoring against scoring alone.

Promised: at least half of the pure ONNX Runtime rate, from the opened file to the last score.
The slide is a tiled pyramid of the demo's patches at 1 µm per pixel, scored at 4. Both sides run in
turns, three times, in one process; medians count.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tifffile

from benchmarks.shared.promise import judge
from idc_core.demo.build import ensure_demo
from idc_core.io.paths import REPOSITORY
from idc_core.score.scoring import Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.wsi.reading import open_image

PROMISED = 0.5
COLUMNS, ROWS, SCALE, REPEATS = 72, 70, 4, 3


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    scorer = Scorer(REPOSITORY / "models" / "demo" / "model.onnx")
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        path = Path(folder) / "slide.tif"
        draw(path)
        whole, alone = [], []
        for _ in range(REPEATS):
            started = time.perf_counter()
            with open_image(path, 1.0) as image:
                found = score_image(image, scorer, target_um=4.0)
            whole.append(len(found.rows) / (time.perf_counter() - started))
            started = time.perf_counter()
            scorer.score(found.patches)
            alone.append(len(found.rows) / (time.perf_counter() - started))
    ours, pure = statistics.median(whole), statistics.median(alone)
    ratio = ours / pure
    told = f"{len(found.rows):,} patches: {ours:,.0f} patches/s against {pure:,.0f} scored alone"
    return judge(
        "a slide, of its patches scored alone", ratio, PROMISED, "×", at_least=True, detail=told
    )


def draw(path: Path) -> None:
    """A tiled pyramid of four levels, as scanners write it."""
    demo = ensure_demo(REPOSITORY / "data" / "demo")
    picked = np.random.default_rng(0).integers(0, len(demo.index), (ROWS, COLUMNS))
    rows = [np.concatenate([demo.patches[at] for at in row], axis=1) for row in picked]
    whole = np.concatenate(rows).repeat(SCALE, axis=0).repeat(SCALE, axis=1)
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for level in range(4):
            part = whole[:: 2**level, :: 2**level]
            file.write(
                part,
                tile=(256, 256),
                photometric="rgb",
                compression="zlib",
                subfiletype=1 if level else 0,
            )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
