"""Are a hundred million predictions judged, in memory that does not grow with them?

A run of predictions in parts is judged twice: what they add up to (two sorts on the disk, areas,
sums, bands), and the table of the threshold slider. Promised:

- the time of a prediction does not grow: at most 1.5 times that of one of a million, in seconds of
  the processor, which others on the machine do not lengthen;
- at most 4 GB of memory, at the most measured;
- at 1 and 10 million the figures are those of the table in memory: ROC-AUC to the bit, average
  precision and all ends of intervals to 1e-12, the threshold table byte for byte;
- the threshold table of a hundred million, of 100,000 patients, in 120 s;
- then Overview, Operating point, Calibration, Subgroups and Patients of the largest, in Chromium: a
  warm page is complete in 1.5 s.

Each size has a process of its own, whose highest memory the system tells. The predictions are
drawn; a hundred million of them need 4 GB on the disk of the temporary folder. `IDC_BENCH_MOST`
measures up to so many predictions only; the pages then read these as they read too many.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.page_speed import opening
from benchmarks.shared.browser import chromium, served, tabs
from benchmarks.shared.promise import judge
from dashboard import pages
from idc_core.io.files import write_json
from idc_core.io.paths import REPOSITORY
from idc_core.many import build, source, table
from idc_core.many.judge import judge as judge_run
from idc_core.many.stored import Stored, folder_of, open_stored
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs import score_parts
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import Run, open_run
from idc_core.threshold_table import file
from idc_core.threshold_table.build import build as in_memory

MILLION = 1_000_000
SIZES = (MILLION, 10 * MILLION, 100 * MILLION)
PATCHES_EACH = 1000
GROWTH, GIGABYTES, TABLE_SECONDS, ROUNDING = 1.5, 4.0, 120.0, 1e-12
COMPARED = 10 * MILLION
ANSWERED = ("overview", "operating-point", "calibration", "failures", "patients")
"""Pages that need no row of the predictions."""


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    kept, first = [], 0.0
    most = int(os.environ.get("IDC_BENCH_MOST", SIZES[-1]))
    for patches in (size for size in SIZES if size <= most):
        with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
            if shutil.disk_usage(scratch).free < 60 * patches:
                print(f"not measured, {patches:,} predictions need {60 * patches / 1e9:.0f} GB")
                continue
            run = Path(scratch) / "models" / "many"
            make_run(run, patches, patches // PATCHES_EACH)
            told = _in_child(run)
            seconds = told["processor"]
            first = first or seconds / patches
            kept += _judged(patches, told, seconds, first)
            if patches <= COMPARED:
                kept += _compared(patches, run)
            if patches == max(size for size in SIZES if size <= most):
                kept += _opened(Path(scratch), patches)
    return all(kept)


def _opened(folder: Path, patches: int) -> list[bool]:
    """How quickly the pages open that answer from what is kept."""
    browser = chromium()
    if browser is None:
        return [False]
    judge_run(open_run(folder / "models" / "many"))
    places = {
        "IDC_MODELS": str(folder / "models"),
        "IDC_DATA": str(folder / "data"),
        "IDC_MOST_IN_MEMORY": str(min(patches - 1, score_parts.MOST_IN_MEMORY)),
    }
    of = f" of {patches // MILLION} million"
    with (
        served(REPOSITORY / "dashboard" / "app.py", places) as dashboard,
        tabs(browser, f"{dashboard}/operating-point?run=many&threshold=0.5") as (page,),
    ):
        return [opening(page, pages.of(key), of) for key in ANSWERED]


def _judged(patches: int, told: dict[str, float], seconds: float, first: float) -> list[bool]:
    name = f"{patches // MILLION} million predictions"
    took = f"sums {told['sums']:.0f} s, table {told['table']:.0f} s; processor {seconds:.0f} s"
    found = [
        judge(
            f"{name}: time of one, of a million's",
            seconds / patches / first,
            GROWTH,
            "×",
            detail=took,
        ),
        judge(f"{name}: memory", told["peak"], GIGABYTES, " GB"),
    ]
    if patches == SIZES[-1]:
        found.append(judge(f"{name}: threshold table", told["table"], TABLE_SECONDS, " s"))
    return found


def make_run(folder: Path, patches: int, patients: int) -> None:
    """A run of test predictions in parts of about a million; patients differ in size and burden."""
    score_parts.write_parts(folder, _parts(patches, patients))
    write_json(folder / "run.json", {"status": "imported", "data": {"name": "drawn"}})


def _parts(patches: int, patients: int) -> Iterator[pa.Table]:
    rng = np.random.default_rng(0)
    weight = rng.lognormal(0, 0.7, patients)
    sizes = 1 + rng.multinomial(patches - patients, weight / weight.sum())
    burden, shift = rng.beta(0.5, 1.2, patients), rng.normal(0, 0.8, patients)
    parts = max(1, patches // MILLION)
    for own in np.array_split(np.arange(patients), parts):
        owner = np.repeat(own, sizes[own])
        label = rng.random(len(owner)) < burden[owner]
        logit = 1.4 * (2 * label - 1) + shift[owner] + 1.3 * rng.standard_normal(len(owner))
        place = np.concatenate([np.arange(size) for size in sizes[own]])
        names = pa.array([f"P{number:06d}" for number in own])
        constant = pa.array(np.zeros(len(owner), np.int8))
        yield pa.table(
            {
                "patient": pa.DictionaryArray.from_arrays(
                    pa.array((owner - own[0]).astype(np.int32)), names
                ),
                "x": (place % 50 * 50 + 1).astype(np.int32),
                "y": (place // 50 * 50 + 1).astype(np.int32),
                "label": label.astype(np.int8),
                "split": pa.DictionaryArray.from_arrays(constant, pa.array(["test"])),
                "score": 1 / (1 + np.exp(-logit)),
                "file": pa.DictionaryArray.from_arrays(constant, pa.array([""])),
            }
        )


def _in_child(run: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.many_predictions", str(run)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measured(run: Run) -> dict[str, float]:
    """Judge a run's test split in this process: seconds, and gigabytes at the highest."""
    began = time.perf_counter()
    held = source.look_through(run)["test"]
    found = build.make(run, "test", held, build.of(run, "test"))
    between = time.perf_counter()
    table.keep(found, run, "test")
    ended = time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "sums": between - began,
        "table": ended - between,
        "processor": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024 / 1e9,
    }


def _compared(patches: int, folder: Path) -> list[bool]:
    """How far what is kept is from what the table in memory gives."""
    run = open_run(folder)
    of = build.of(run, "test")
    found = open_stored(folder_of(run, "test", of), of)
    rows = run.predictions(compact=True)
    patients = by_patient(rows)
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    del rows
    own = file.encoded(in_memory(patients, ranked, run.info.raster, of))
    same = file.read(run, "test", of) == own and found.ranked.roc_auc == ranked.roc_auc
    jackknife = PatientJackknife(len(patients))
    off = _off(
        found,
        {
            name: metric.of_scores(patients, jackknife)
            for name, metric in METRICS.items()
            if metric.of_scores
        },
    )
    name = f"{patches // MILLION} million predictions"
    return [
        judge(f"{name}: ROC-AUC and table as in memory", float(same), 1, "", at_least=True),
        judge(f"{name}: figures and intervals off by", off, ROUNDING, ""),
    ]


def _off(found: Stored, wanted: dict[str, "object"]) -> float:
    said = found.of_scores()
    ends = [
        abs(getattr(said[name], end) - getattr(own, end))
        for name, own in wanted.items()
        for end in ("value", "low", "high")
    ]
    return float(np.nanmax(ends))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(open_run(Path(sys.argv[1])))))
        sys.exit(0)
    sys.exit(not main())
