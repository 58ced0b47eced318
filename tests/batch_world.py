"""A run whose network takes squares of 50 px at 0.5 µm, and slides to score with it."""

import shutil
from pathlib import Path

from idc_core.batch.batch import score_all
from idc_core.batch.local import in_processes, one_by_one
from idc_core.batch.parts import parts_folder
from idc_core.batch.processor import kind_here
from idc_core.batch.unit import ScoreSettings, SlideUnit
from idc_core.batch.work import Work
from idc_core.cut.jobs import jobs
from idc_core.io import record
from idc_core.io.files import sha256_of
from idc_core.records.manifest import read_manifest
from idc_core.records.run_info import read_info
from idc_core.runs import seal
from tests.cut_world import COLUMNS, ROWS, UM, draw_slides

SIDE = 50
EACH = (COLUMNS + 1) * ROWS
"""Patches of a slide."""
HERE = {kind_here(gpu=False)}


def make_batch_world(world: Path, root: Path, slides: int = 4) -> Path:
    """`root/models/small`, `root/data/tiny` and `root/slides`, of which all is tissue."""
    for name in ("models", "data"):
        shutil.copytree(world / name, root / name)
    run, store = root / "models" / "small", root / "data" / "tiny"
    info, manifest = read_info(run), read_manifest(store)
    raster = record.replace(info.raster, um_per_px=UM, um_from="given")
    record.write(run / "run.json", record.replace(info, raster=raster))
    record.write(store / "manifest.json", record.replace(manifest, raster=raster))
    seal.write(run)
    draw_slides(root, SIDE, slides)
    return root


def units_in(root: Path) -> list[SlideUnit]:
    """The slides of `root/slides`."""
    found = jobs(root / "slides", None)
    return [SlideUnit(each.slide, each.patient, each.file) for each in found]


def work_in(root: Path, out: str = "night") -> Work:
    """The work of scoring them into `root/models/<out>`."""
    model = root / "models" / "small" / "model.onnx"
    folder = parts_folder(root / "models" / out)
    return Work(folder, model, sha256_of(model), ScoreSettings(UM, None))


def scored(units, work, workers=0, tell=lambda *_: None):
    """All units scored, one by one in this process or by workers."""

    def engine(left, todo):
        return in_processes(left, todo, workers) if workers else one_by_one(left, todo)

    return score_all(units, work, engine, HERE, tell=tell)


def bytes_in(folder: Path) -> dict[str, bytes]:
    """The parts in a folder."""
    return {each.name: each.read_bytes() for each in sorted(folder.glob("*.parquet"))}
