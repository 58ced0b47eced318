"""What an engine costs a patch, beside a plain loop that opens and scores the same slides.

Promised: at most 10 % more by a process of the pool, 25 % by a Ray actor, on slides of 2,000
patches and more. With one worker: the time between two slides' parts, which holds digests, files
and messages, of the time that opening and scoring took in it, slide by slide in the same moments,
so that what else the machine does weighs on both. What it takes to start is said, not judged. Ray
is left out where it is not installed.
"""

import importlib.util
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pyarrow as pa

import benchmarks.wsi_speed as drawn
from benchmarks.shared.promise import judge
from idc_core.batch.batch import Engine, score_all
from idc_core.batch.local import in_processes
from idc_core.batch.processor import kind_here
from idc_core.batch.unit import ScoreSettings, SlideUnit, Unit, score_unit
from idc_core.batch.work import Scored, Work
from idc_core.io.files import sha256_of
from idc_core.io.paths import REPOSITORY
from idc_core.records.cut_slides import Refused
from idc_core.score.scoring import Scorer

LOCAL, RAY = 1.10, 1.25
SLIDES, REPEATS, UM, FILE_UM = 13, 3, 4.0, 1.0
COLUMNS, ROWS = 52, 44
MODEL = REPOSITORY / "models" / "demo" / "model.onnx"


class Timed(Work):
    """Work that says how long opening and scoring took."""

    __slots__ = ()

    def __call__(self, unit: Unit) -> Scored | Refused:
        def timed(unit: Unit, scorer: Scorer, settings: ScoreSettings) -> pa.Table:
            started = time.perf_counter()
            table = score_unit(unit, scorer, settings)
            seconds = time.perf_counter() - started
            (self.folder / f"{unit.slide}.seconds").write_text(str(seconds))
            return table

        with mock.patch("idc_core.batch.work.score_unit", timed):
            return Work.__call__(self, unit)


def main() -> bool:
    """Measure, print, and say whether the promises are kept."""
    engines: dict[str, tuple[float, Callable[[], Engine]]] = {"local": (LOCAL, _local)}
    if importlib.util.find_spec("ray") is not None:
        engines["ray"] = (RAY, _ray)
    kept = True
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        place = Path(folder)
        units = _slides(place)
        for name, (most, engine) in engines.items():
            turns = [_turn(units, place / f"{name}{at}", engine()) for at in range(REPEATS)]
            ratio, plain, first = (statistics.median(each) for each in zip(*turns, strict=True))
            told = f"the loop {plain * 1e3:.3f} ms a patch; first slide after {first:.1f} s; turns "
            told += ", ".join(f"{each:.2f}" for each, *_ in turns)
            kept &= judge(f"a patch by {name}, of a plain loop", ratio, most, "×", detail=told)
    if "ray" not in engines:
        print("  Ray is not installed: left out")
    return kept


def _slides(place: Path) -> list[SlideUnit]:
    """Slides with the same tissue and other bytes."""
    columns, rows = drawn.COLUMNS, drawn.ROWS
    drawn.COLUMNS, drawn.ROWS = COLUMNS, ROWS
    try:
        drawn.draw(place / "0.tif")
    finally:
        drawn.COLUMNS, drawn.ROWS = columns, rows
    for number in range(1, SLIDES):
        shutil.copyfile(place / "0.tif", place / f"{number}.tif")
        with (place / f"{number}.tif").open("ab") as file:
            file.write(bytes([number]))
    return [SlideUnit(str(at), str(at), place / f"{at}.tif", FILE_UM) for at in range(SLIDES)]


def _turn(units: list[SlideUnit], folder: Path, engine: Engine) -> tuple[float, float, float]:
    """From the first part to the last, of the time that scoring took in it; seconds a patch of
    that; seconds until the first part."""
    work, started = Timed(folder, MODEL, sha256_of(MODEL), ScoreSettings(UM, None)), time.time()
    batch = score_all(units, work, engine, {kind_here(gpu=False)}, tell=lambda *_: None)
    done = sorted(
        ((folder / each.part.file).stat().st_mtime, unit.slide, each.patches)
        for unit, each in batch.scored.items()
    )
    scoring = sum(float((folder / f"{slide}.seconds").read_text()) for _, slide, _ in done[1:])
    patches = sum(each for *_, each in done[1:])
    return (done[-1][0] - done[0][0]) / scoring, scoring / patches, done[0][0] - started


def _local() -> Engine:
    return lambda units, work: in_processes(units, work, 1)


def _ray() -> Engine:
    import ray

    from idc_core.batch.on_ray import Cluster, on_cluster

    if not ray.is_initialized():
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    cluster = Cluster(ray, frozenset({kind_here(gpu=False)}), False, 1)
    return lambda units, work: on_cluster(units, work, cluster, 1, print)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
