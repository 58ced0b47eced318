"""Synthetic slides with QuPath outlines, cut into a store of any side, and a run trained on it."""

import json
from pathlib import Path

import numpy as np
import pytest

from idc_core.annotations.classes import read_class_map
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.split.splits import ByPatient
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Codec, Raster
from idc_core.runs.run import Run, open_run
from tests.slides import draw, tissue

COLUMNS, ROWS = 4, 3
UM = 0.5


def draw_slides(
    root: Path, side: int, count: int = 5, *, paler: float = 0.25, uneven: float = 0.0
) -> Path:
    """`root/slides`: slides of 4 × 3 squares and most of a fifth column, tissue throughout; the
    left half, by `paler`, is outlined as stroma, the right half as tumour. `uneven`: standard
    deviation of how dark a square is, beside which `paler` is more or less to be seen."""
    folder = root / "slides"
    folder.mkdir(parents=True)
    for number in range(count):
        wide, high = COLUMNS * side + side * 7 // 8, ROWS * side
        dark = 1 + np.random.default_rng(number).normal(0, uneven, (ROWS, COLUMNS + 1))
        dark[:, :2] -= paler
        each = dark.repeat(side, axis=0).repeat(side, axis=1)[:, :wide, None]
        pixels = 255 - (255 - tissue(wide, seed=number)[:high]) * each
        draw(
            folder / f"S{number}.tif",
            np.clip(pixels, 0, 255).astype(np.uint8),
            levels=1,
            resolution=(10_000 / UM, 10_000 / UM),
            resolutionunit="CENTIMETER",
        )
        halves = [_box(0, 2 * side, high, "Stroma"), _box(2 * side, wide, high, "T")]
        (folder / f"S{number}.geojson").write_text(json.dumps(halves))
    (root / "classes.csv").write_text("pattern,class\nT,positive\nStroma,negative\n")
    return folder


def cut_store(root: Path, slides: Path, side: int, codec: Codec) -> PatchStore:
    """`root/data/cut_<codec>`, of every square of the slides."""
    raster = Raster(
        patch_px=side, um_per_px=UM, um_from="given", positive="tumour", negative="stroma"
    )
    settings = Settings(raster, UM, read_class_map(root / "classes.csv"), codec)
    store = root / "data" / f"cut_{codec}"
    parts, refused = cut_all(
        jobs(slides, slides), settings, root / f".{codec}", workers=1, tell=lambda *_: None
    )
    rule = ByPatient((0.6, 0.2, 0.2))
    return put_together(parts, refused, settings, store, slides, rule)


def trained_on(store: PatchStore, folder: Path, epochs: int = 2) -> Run:
    """Two epochs of a small network."""
    from idc_core.nn.models import NETWORKS
    from idc_core.nn.training import train
    from idc_core.train.config import TrainConfig
    from tests.idc_core.nn.children import remembering

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "sepres", remembering)
        run = train(TrainConfig(epochs=epochs, batch_size=8, learning_rate=0.02), folder, store)
    return open_run(run.path)


def _box(left: int, right: int, high: int, name: str) -> dict[str, object]:
    ring = [[left, 0], [right, 0], [right, high], [left, high], [left, 0]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"objectType": "annotation", "classification": {"name": name}},
    }
