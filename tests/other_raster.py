"""A store of another size and other words than the public set's, and a run trained on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.cut_patches import write_store
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster
from idc_core.runs.run import Run, open_run

SPLITS = {"one": "train", "two": "train", "three": "validation", "four": "test", "five": "test"}
COLUMNS, ROWS = 4, 3


def raster_of(side: int) -> Raster:
    """Side by side at half a µm, tumour against stroma."""
    return Raster(
        patch_px=side, um_per_px=0.5, um_from="given", positive="tumour", negative="stroma"
    )


def drawn_store(folder: Path, side: int, second_slide: str | None = None) -> PatchStore:
    """Five patients of 4 × 3 patches: the left half stroma, the right half tumour, darker and with
    dots as nuclei. With a `second_slide` slides have names: everybody has one called `a`, the
    fourth patient this one too, with squares at the same places."""
    rng = np.random.default_rng(side)
    rows, patches = [], []
    slides = [(patient, "a", split) for patient, split in SPLITS.items()]
    if second_slide is not None:
        slides.append(("four", second_slide, SPLITS["four"]))
    for patient, slide, split in slides:
        for row in range(ROWS):
            for column in range(COLUMNS):
                label = int(column >= COLUMNS // 2)
                shade = np.array([205, 160, 195]) - 45 * label
                pixels = rng.normal(shade, 12, (side, side, 3))
                for top, left in rng.integers(0, side - 6, (5 + 25 * label, 2)):
                    pixels[top : top + 6, left : left + 6] = (90, 60, 130)
                patches.append(np.clip(pixels, 0, 255).astype(np.uint8))
                place = 1 + side * column, 1 + side * row
                rows.append((patient, slide, *place, label, split))
    table = pd.DataFrame(rows, columns=["patient", "slide", "x", "y", "label", "split"])
    if second_slide is None:
        table = table.drop(columns="slide")
    return write_store(folder, table, np.stack(patches), raster_of(side), synthetic=True)


def trained(root: Path, side: int, second_slide: str | None = None) -> Run:
    """`root/data/drawn` and `root/models/ours`: two epochs of a small network."""
    from idc_core.nn.models import NETWORKS
    from idc_core.nn.training import train
    from idc_core.train.config import TrainConfig
    from tests.idc_core.nn.children import remembering

    store = drawn_store(root / "data" / "drawn", side, second_slide)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "sepres", remembering)
        config = TrainConfig(epochs=2, batch_size=8, learning_rate=0.02)
        run = train(config, root / "models" / "ours", store)
    return open_run(run.path)
