"""What an engine costs a patch, beside a plain loop over the same slides in a process.

Promised: at most 10 % more by a process of the pool, 25 % by a Ray actor, on slides of 2,000
patches and more. One worker each, so that nothing but the engine differs: digests, parts, messages.
A slide takes from the end of the one before to its own; the fastest of each counts, since what else
the machine does comes on top of all alike. What it takes to start is said, not judged. All run in
turns. Ray is left out where it is not installed.
"""

import importlib.util
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import cv2

import benchmarks.wsi_speed as drawn
from benchmarks.shared.promise import judge
from idc_core.batch.batch import Engine, score_all
from idc_core.batch.local import in_processes
from idc_core.batch.processor import kind_here
from idc_core.batch.unit import ScoreSettings, SlideUnit, score_unit
from idc_core.batch.work import Work
from idc_core.io.files import sha256_of
from idc_core.io.paths import REPOSITORY
from idc_core.score.scoring import Scorer

LOCAL, RAY = 1.10, 1.25
SLIDES, REPEATS, UM, FILE_UM = 7, 4, 4.0, 1.0
MODEL = REPOSITORY / "models" / "demo" / "model.onnx"


def main() -> bool:
    """Measure, print, and say whether the promises are kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        place = Path(folder)
        units = _slides(place)
        settings = ScoreSettings(UM, None)
        engines: dict[str, Callable[[], Engine]] = {"local": _local}
        if importlib.util.find_spec("ray") is not None:
            engines["ray"] = _ray
        plain: list[float] = []
        found: dict[str, list[float]] = {name: [] for name in engines}
        first: dict[str, float] = {}
        for turn in range(REPEATS):
            with ProcessPoolExecutor(1, get_context("spawn"), cv2.setNumThreads, (1,)) as one:
                plain += one.submit(_plain, units, settings).result()
            for name, engine in engines.items():
                work = Work(place / f"{name}-{turn}.parts", MODEL, sha256_of(MODEL), settings)
                each, start = _timed(units, work, engine())
                found[name] += each
                first[name] = min(start, first.get(name, start))
    kept = True
    for name, most in (("local", LOCAL), ("ray", RAY)):
        if name not in found:
            print("  Ray is not installed: left out")
            continue
        ours, loop = min(found[name]), min(plain)
        told = f"{ours * 1e3:.3f} ms against {loop * 1e3:.3f}; first slide {first[name]:.1f} s"
        kept &= judge(f"a patch by {name}, of a plain loop", ours / loop, most, "×", detail=told)
    return kept


def _slides(place: Path) -> list[SlideUnit]:
    """Slides with the same tissue and other bytes."""
    columns, rows = drawn.COLUMNS, drawn.ROWS
    drawn.COLUMNS, drawn.ROWS = 52, 44
    try:
        drawn.draw(place / "0.tif")
    finally:
        drawn.COLUMNS, drawn.ROWS = columns, rows
    for number in range(1, SLIDES):
        shutil.copyfile(place / "0.tif", place / f"{number}.tif")
        with (place / f"{number}.tif").open("ab") as file:
            file.write(bytes([number]))
    return [SlideUnit(str(at), str(at), place / f"{at}.tif", FILE_UM) for at in range(SLIDES)]


def _plain(units: list[SlideUnit], settings: ScoreSettings) -> list[float]:
    """Seconds a patch of each slide but the first, by a loop that opens and scores."""
    scorer = Scorer(MODEL, threads=1)
    times, patches = [], []
    for unit in units:
        patches.append(score_unit(unit, scorer, settings).num_rows)
        times.append(time.time())
    return _a_patch(times, patches)


def _timed(units: list[SlideUnit], work: Work, engine: Engine) -> tuple[list[float], float]:
    """The same by when the parts were written, and seconds until the first was."""
    started = time.time()
    batch = score_all(units, work, engine, {kind_here(gpu=False)}, tell=lambda *_: None)
    done = sorted(
        ((work.folder / each.part.file).stat().st_mtime, each.patches)
        for each in batch.scored.values()
    )
    times, patches = zip(*done, strict=True)
    return _a_patch(times, patches), times[0] - started


def _a_patch(times: Sequence[float], patches: Sequence[int]) -> list[float]:
    between = zip(pairwise(times), patches[1:], strict=True)
    return [(after - before) / count for (before, after), count in between]


def _local() -> Engine:
    return lambda units, work: in_processes(units, work, 1)


def _ray() -> Engine:
    import ray

    from idc_core.batch.on_ray import Cluster, on_cluster

    if not ray.is_initialized():
        ray.init(
            num_cpus=1,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            # Ray's workers stand back behind all else on a machine, the plain loop too.
            _system_config={"worker_niceness": 0},
        )
    cluster = Cluster(ray, frozenset({kind_here(gpu=False)}), False, 1)
    return lambda units, work: on_cluster(units, work, cluster, 1, print)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
