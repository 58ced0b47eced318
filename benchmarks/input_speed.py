"""Training input: ours against the tutorial's `ImageDataGenerator`, the same augmentations.

Both make batches of float32 patches from the same drawn array, in turns, in one process; the median
of five turns counts. The tutorial's settings are its own: rotation 20, zoom .05, shift .1, shear
.05 (degrees, as Keras reads them), both flips. Ours draws the same ranges and has no stain jitter
switched on, for the other has none; with it, ours is printed as well, unpromised.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shared.promise import judge
from idc_core.train.batches import Batches
from idc_core.train.config import AugmentConfig

PROMISED = 5.0
PATCHES, BATCH, TURNS = 2_048, 32, 5
TUTORIAL = AugmentConfig(
    rotation=20, zoom=0.05, shift=0.1, shear=0.05, stain=0, stain_hue=0, brightness=0
)


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    rng = np.random.default_rng(0)
    patches = rng.integers(0, 256, (PATCHES, 50, 50, 3), dtype=np.uint8)
    labels = rng.integers(0, 2, PATCHES).astype(np.int8)
    makers: dict[str, Callable[[], Iterator[Any]]] = {
        "tutorial": lambda: tutorial(patches, labels),
        "ours": lambda: ours(patches, labels, TUTORIAL),
        "ours, with stain": lambda: ours(patches, labels, AugmentConfig()),
    }
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(TURNS):
        for name, make in makers.items():
            seconds[name].append(timed(make()))
    speed = {name: PATCHES / statistics.median(taken) for name, taken in seconds.items()}
    ratio = speed["ours"] / speed["tutorial"]
    told = ", ".join(f"{name} {value:,.0f} patches/s" for name, value in speed.items())
    return judge(
        "training input, of ImageDataGenerator", ratio, PROMISED, "×", at_least=True, detail=told
    )


def ours(patches: Any, labels: Any, config: AugmentConfig) -> Iterator[Any]:
    batches = Batches(patches, labels, np.arange(len(patches)), BATCH, config, seed=0)
    return batches.epoch(0)


def tutorial(patches: Any, labels: Any) -> Iterator[Any]:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rotation_range=20,
        zoom_range=0.05,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.05,
        horizontal_flip=True,
        vertical_flip=True,
        fill_mode="nearest",
    )
    flow = generator.flow(patches, labels, batch_size=BATCH, seed=0)
    return (flow[at] for at in range(len(flow)))


def timed(batches: Iterator[Any]) -> float:
    started = time.perf_counter()
    made = sum(len(pixels) for pixels, _ in batches)
    assert made == PATCHES
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
