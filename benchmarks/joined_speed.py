"""Training over a dozen joined stores: waiting for input, and reading them as one.

The patches of 36 patients, drawn as for `full_data`, lie in twelve stores, which are joined.
`train --epochs 1` runs on the joined store in a process of its own; a fifth of the patients are to
be learnt from. Promised: the network waits for its input for less than 2 % of the time, and
batches in the order of training are read at least half as fast as from one store of the same
patches, the median of five turns.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.full_data import WAITED, make_store, trained
from benchmarks.shared.promise import judge
from idc_core.data.joining.join import join
from idc_core.data.split.splits import AsTheyAre
from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.store import open_store
from idc_core.demo.build import ensure_demo
from idc_core.io.files import read_json
from idc_core.io.paths import REPOSITORY

STORES, PATIENTS, BATCH, TURNS, SPEED = 12, 36, 64, 5, 0.5


def main() -> bool:
    """Print a line a promise; return whether both were kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        data, demo = Path(scratch) / "data", ensure_demo(REPOSITORY / "data" / "demo")
        ends = np.linspace(0, PATIENTS, STORES + 1).astype(int).tolist()
        folders = [data / f"s{at:02}" for at in range(STORES)]
        for folder, start, end in zip(folders, ends[:-1], ends[1:], strict=True):
            make_store(folder, demo, range(start, end))
        began = time.perf_counter()
        joined = join(folders, data / "full", split=AsTheyAre())
        seconds = time.perf_counter() - began
        make_store(data / "one", demo, range(PATIENTS))
        patches = open_store(data / "one").patches
        ratio = _times(patches, joined.patches)
        run = Path(scratch) / "models" / "full"
        trained(run, data)
        info = read_json(run / "run.json")
    waited = info["waited_for_input_seconds"] / info["wall_seconds"]
    of = f"{info['waited_for_input_seconds']:.2f} s of {info['wall_seconds']:.0f} s"
    told = f"{len(joined.index):,} patches joined in {seconds:.1f} s"
    kept = [
        judge("waiting for input from a dozen stores", 100 * waited, 100 * WAITED, " %", detail=of),
        judge("batches read, of one store", ratio, SPEED, "×", at_least=True, detail=told),
    ]
    return all(kept)


def _times(one: PatchRows, joined: PatchRows) -> float:
    """How fast batches of the second are read, of the first; in turns, in one process."""
    order = np.random.default_rng(0).permutation(len(one))[: 200 * BATCH].reshape(-1, BATCH)
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for patches, taken in zip((one, joined), seconds, strict=True):
            began = time.perf_counter()
            for rows in order:
                assert len(patches[rows]) == BATCH
            taken.append(time.perf_counter() - began)
    return statistics.median(seconds[0]) / statistics.median(seconds[1])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
