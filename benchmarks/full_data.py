"""Training on as many patches as the full data set has: memory, and waiting for input.

A packed store of 277,524 patches of 279 patients is made of the synthetic demo's patches, each
patient moved by another number of pixels. `train --epochs 1` runs on it in a process of its own, to
the report; a fifth of the patients are to be learnt from, so that it ends within minutes. Promised:

- its private memory (`RssAnon` of /proc, looked at ten times a second; mapped patches are not
  private) stays below 2 GB;
- the network waits for its input for less than 2 % of the time.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.shared.promise import judge
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.writer import create_patches
from idc_core.demo.build import ensure_demo
from idc_core.io import record
from idc_core.io.files import read_json, write_parquet
from idc_core.io.paths import REPOSITORY

PATCHES, PATIENTS = 277_524, 279
GIGABYTES, WAITED = 2.0, 0.02


def main() -> bool:
    """Print a line a promise; return whether both were kept."""
    if not Path("/proc/self/status").is_file():
        print("full data: NOT MEASURED, this system has no /proc")
        return True
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        data = Path(scratch) / "data"
        make_store(data / "full", ensure_demo(REPOSITORY / "data" / "demo"))
        run = Path(scratch) / "models" / "full"
        private = trained(run, data)
        info = read_json(run / "run.json")
    waited = info["waited_for_input_seconds"] / info["wall_seconds"]
    of = f"{info['waited_for_input_seconds']:.1f} s of {info['wall_seconds']:.0f} s"
    kept = [
        judge(f"private memory of train on {PATCHES:,} patches", private, GIGABYTES, " GB"),
        judge("share of time waiting for input", 100 * waited, 100 * WAITED, " %", detail=of),
    ]
    return all(kept)


def make_store(path: Path, demo: PatchStore, patients: range = range(PATIENTS)) -> None:
    """A store of the patches of `patients`, by default all `PATCHES`: the demo's, again and again,
    moved and under other names."""
    path.mkdir(parents=True)
    sizes = np.full(PATIENTS, PATCHES // PATIENTS)
    sizes[: PATCHES % PATIENTS] += 1
    sizes = sizes[patients.start : patients.stop]
    total, ends = int(sizes.sum()), np.cumsum(sizes)
    pixels = create_patches(path / "patches.npy", total, 50)
    labels = np.empty(total, np.int8)
    for patient, end, size in zip(patients, ends, sizes, strict=True):
        rows = (np.arange(size) + 397 * patient) % len(demo.index)
        moved = np.roll(demo.patches[np.sort(rows)], 1 + patient % 49, axis=1)
        pixels[end - size : end] = moved
        labels[end - size : end] = demo.index["label"].to_numpy()[np.sort(rows)]
    assert isinstance(pixels, np.memmap)
    pixels.flush()
    owner = np.repeat(np.arange(patients.start, patients.stop), sizes)
    place = np.arange(total) - np.repeat(ends - sizes, sizes)
    side = np.array(["train", "train", "validation", *["test"] * 7])[np.arange(PATIENTS) % 10]
    index = pd.DataFrame(
        {
            "patient": [f"P{number:03d}" for number in owner],
            "x": (place % 50 * 50 + 1).astype(np.int32),
            "y": (place // 50 * 50 + 1).astype(np.int32),
            "label": labels,
            "width": np.int16(50),
            "height": np.int16(50),
            "file": "",
            "digest": [f"{patients.start:03x}{number:08x}" for number in range(total)],
            "split": side[owner],
        }
    )
    write_parquet(path / "index.parquet", index)
    manifest = record.replace(
        demo.manifest, name=path.name, fingerprint=f"drawn-{path.name}", whole_patients=[]
    )
    record.write(path / "manifest.json", manifest)


def trained(run: Path, data: Path) -> float:
    """Train; the most private memory it was seen with, in GB."""
    command = [
        sys.executable,
        "train_cli.py",
        "train",
        "--run",
        "full",
        "--data",
        "full",
        "--epochs",
        "1",
    ]
    places = {"IDC_DATA": str(data), "IDC_MODELS": str(run.parent)}
    child = subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | places, stdout=subprocess.DEVNULL
    )
    most = 0.0
    while child.poll() is None:
        most = max(most, private_memory(child.pid))
        time.sleep(0.1)
    if child.returncode:
        raise RuntimeError(f"the training ended with {child.returncode}")
    return most


def private_memory(number: int) -> float:
    """GB of a process that no file stands behind; 0 where it has just ended."""
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith("RssAnon")]
    return int(found[0]) * 1024 / 1e9 if found else 0.0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
