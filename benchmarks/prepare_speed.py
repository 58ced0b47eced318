"""Is packing patches fast enough, and does it stay small in memory?

Promised: at least 40 % of bare `cv2.imread` over the same files, warm, in the same run, with all
checks on; 277,524 files listed in under 2 s; private (not file-backed) memory under 1 GB for them.

The real patches are used where they are; else the files are drawn here.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks.shared.promise import judge
from idc_core.data.folders.sources import list_folder
from idc_core.data.prepare import prepare
from idc_core.io.paths import real_data

ALL_FILES = 277_524
REPEATS = 5


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        folder = Path(scratch)
        source = real_data() / "idc"
        if not source.is_dir():
            source = draw_patches(folder / "drawn", 8_000)
        kept = [_speed(source, folder), *_everything(source, folder)]
    return all(kept)


def draw_patches(folder: Path, count: int) -> Path:
    """Write `count` noisy PNG patches of about 6 kB in Kaggle's layout."""
    rng = np.random.default_rng(0)
    for number in range(count):
        patient, square = 10_000 + number // 200, number % 200
        label = int(square < 50)
        x, y = 1 + 50 * (square % 20), 1 + 50 * (square // 20)
        coarse = rng.integers(110, 240, (25, 25, 3), dtype=np.uint8)
        patch = cv2.resize(coarse, (50, 50), interpolation=cv2.INTER_LINEAR)
        place = folder / str(patient) / str(label)
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{patient}_idx5_x{x}_y{y}_class{label}.png"), patch)
    return folder


def _speed(source: Path, scratch: Path) -> bool:
    """Alternate bare reading and preparing; compare the medians of the ratios."""
    files = [f"{source}/{name}" for name in list_folder(source).names]
    _read_all(files)
    ratios, rates = [], []
    for number in range(REPEATS):
        bare = _seconds(lambda: _read_all(files))
        ours = _seconds(partial(prepare, source, scratch / f"store{number}"))
        ratios.append(bare / ours)
        rates.append(len(files) / ours)
    print(f"  prepare: {statistics.median(rates):,.0f} patches/s over {len(files):,} files")
    return judge("prepare, of bare cv2.imread", statistics.median(ratios), 0.40, "×", at_least=True)


def _everything(source: Path, scratch: Path) -> list[bool]:
    """The whole Kaggle set's number of files, as links to a few; prepared in a fresh process."""
    whole = _link_patches(source, scratch / "whole")
    list_folder(whole)
    listing = statistics.median(_seconds(lambda: list_folder(whole)) for _ in range(3))
    kept = [judge(f"listing {ALL_FILES:,} files", listing, 2.0, " s")]
    if not Path("/proc/self/status").exists():
        print("  private memory: not measured, this system does not tell it")
        return kept
    command = [
        sys.executable,
        "-m",
        "benchmarks.prepare_speed",
        str(whole),
        str(scratch / "packed"),
    ]
    # What goes wrong in the child is read on the screen.
    child = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    print(f"  {child.stdout.splitlines()[0]}")
    peak = float(child.stdout.splitlines()[-1])
    return [*kept, judge("private memory of prepare at its peak", peak, 1.0, " GB")]


def _link_patches(source: Path, folder: Path) -> Path:
    """`ALL_FILES` files in Kaggle's layout, 279 patients, hard-linked to 1,000 whole patches."""
    originals = []
    for number, name in enumerate(list_folder(source).names[:1000]):
        copy = folder.parent / "originals" / f"{number}.png"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((source / name).read_bytes())
        originals.append(str(copy))
    for number in range(ALL_FILES):
        patient, square = 10_000 + number % 279, number // 279
        label = int(square % 4 == 0)
        x, y = 1 + 50 * (square % 40), 1 + 50 * (square // 40)
        place = f"{folder}/{patient}/{label}"
        if square < 2:
            Path(place).mkdir(parents=True, exist_ok=True)
        original = originals[number % len(originals)]
        os.link(original, f"{place}/{patient}_idx5_x{x}_y{y}_class{label}.png")
    return folder


def _measure_child(source: Path, store: Path) -> None:
    """Prepare, and print the speed and the peak of private memory in GB."""
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, _private_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    seconds = _seconds(lambda: prepare(source, store))
    done.set()
    watcher.join()
    print(f"prepare: {ALL_FILES / seconds:,.0f} patches/s over {ALL_FILES:,} files")
    print(peak / 1e9)


def _private_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def _read_all(files: list[str]) -> None:
    for file in files:
        cv2.imread(file)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _measure_child(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        sys.exit(not main())
