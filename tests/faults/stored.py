"""Every kind of file that is kept, and what reads it: a world that holds one of each."""

import gzip
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry
from idc_core.batch import parts
from idc_core.batch.unit import content_digest
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.evaluate import recalibration, verify
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.spatial import saved_smoothing
from idc_core.evaluate.threshold_tables import keep
from idc_core.interpret.channels import analyse
from idc_core.io import record
from idc_core.io.files import sha256_of, write_parquet
from idc_core.records.folds import FILE as FOLDS
from idc_core.records.folds import Folds, read_folds
from idc_core.reviews import open_reviews
from idc_core.runs import corrected_labels, ledger, notes, out_of_fold, score_parts, seal
from idc_core.runs.run import Run, open_run
from idc_core.score import training_range
from idc_core.score.scoring import Scorer
from idc_core.threshold_table import file as threshold_table
from idc_core.threshold_table.identity import identity
from idc_core.train import tracked_patches
from tests.batch_world import HERE, scored, units_in, work_in
from tests.cut_world import cut_store
from tests.verdicts import verdict

ANALYSIS = "models/small/analysis/*/"


@dataclass(frozen=True)
class Kind:
    """`file`: below the world, where a star stands for what the program names. `read`: what the
    program takes from it, given the world; what it raises or gives shows a flip. `named`: what a
    check says of a flip that was read."""

    name: str
    file: str
    read: Callable[[Path], Any]
    named: Callable[[Path], str] = lambda _: ""

    def path(self, world: Path) -> Path:
        return sorted(world.glob(self.file))[0]


def _run(world: Path) -> Run:
    return open_run(world / "models" / "small")


def _store(world: Path, name: str = "tiny") -> PatchStore:
    return open_store(world / "data" / name)


def _verified_run(world: Path, name: str = "small") -> str:
    return _first(verify.verify_run(world / "models" / name))


def _verified_store(name: str) -> Callable[[Path], str]:
    return lambda world: _first(verify.verify_store(world / "data" / name))


def _first(items: Any) -> str:
    return next((each.line for each in items if each.difference), "")


def _channels(world: Path) -> Any:
    run, store = _run(world), _store(world)
    found = analyse.saved(run, store)
    off = found and found.off("conv")
    if found is None or off is None:
        return None
    return found.table, found.sample, found.rows, found.values, off


def _threshold(world: Path) -> Any:
    path = next((world / "models" / "small" / "analysis").glob("threshold_v1_test_*"))
    content = path.read_bytes()
    threshold_table.refuse_other(content, _identity(world), str(path))
    return gzip.decompress(content)


def _identity(world: Path) -> str:
    run = _run(world)
    return identity(sha256_of(run.scores_file), "test", run.calibration_id(), run.info.raster)


def _part(world: Path) -> Any:
    work = work_in(world)
    unit = units_in(world)[0]
    name = work.name_of(unit, content_digest(unit), next(iter(HERE)))
    return parts.read_part(work.folder, name).to_pandas()


def _frames(world: Path) -> Any:
    store = _store(world, "cut_png")
    return slide_frames(store.path, store.raster)


def _reviews(world: Path) -> Any:
    return open_reviews(world / "reviews.sqlite").history("d")


def _audit(world: Path) -> str:
    found = FileLog(world / "audit.jsonl").check()
    return found.why if found.broken is not None else ""


def _parts_run(world: Path) -> Any:
    return open_run(world / "models" / "parts").predictions()


def _pixels(name: str) -> Callable[[Path], Any]:
    return lambda world: np.asarray(_store(world, name).patches[:])


RUN = {
    "predictions.parquet": lambda w: _run(w).predictions(),
    "run.json": lambda w: _run(w).info,
    "report.json": lambda w: _run(w).report(),
    "seal.json": lambda w: seal.read(_run(w).path),
    "model.onnx": lambda w: Scorer(_run(w).path / "model.onnx").score(_store(w).patches[:8]),
    "history.csv": lambda w: _run(w).history(),
    "events.jsonl": lambda w: _run(w).events(),
    "operating_points.jsonl": lambda w: (_run(w).operating_point(), ledger.check(_run(w))),
    "looks.jsonl": lambda w: ledger.looks(_run(w)),
    "notes.json": lambda w: notes.read_notes(_run(w).path),
    "calibration.json": lambda w: recalibration.saved(_run(w)),
    "smoothing.json": lambda w: saved_smoothing.saved(_run(w)),
    "labels.csv": lambda w: corrected_labels.saved(_run(w)),
    "out_of_fold.parquet": lambda w: out_of_fold.out_of_fold(_run(w)),
    "folds.json": lambda w: read_folds(_run(w).path),
    "watched.parquet": lambda w: tracked_patches.read_tracked(_run(w).path),
    "watched_scores.f16": lambda w: tracked_patches.read_tracked(_run(w).path),
    "input_profile.json": lambda w: training_range.saved(_run(w)),
}

KINDS = (
    *(Kind(name, f"models/small/{name}", read, _verified_run) for name, read in RUN.items()),
    Kind("threshold table", "models/small/analysis/threshold_v1_test_*", _threshold),
    *(
        Kind(f"channels: {name}", ANALYSIS + name, _channels)
        for name in ("channels.parquet", "sample.parquet", "seen.npz", "off_000.npz")
    ),
    Kind(
        "parts of a run",
        "models/parts/predictions/part-00000.parquet",
        _parts_run,
        lambda world: _verified_run(world, "parts"),
    ),
    Kind(
        "list of parts",
        "models/parts/predictions/parts.json",
        _parts_run,
        lambda world: _verified_run(world, "parts"),
    ),
    Kind("scores of a slide", "models/night.parts/*.parquet", _part),
    Kind(
        "index.parquet",
        "data/tiny/index.parquet",
        lambda w: _store(w).index,
        _verified_store("tiny"),
    ),
    Kind(
        "manifest.json",
        "data/tiny/manifest.json",
        lambda w: _store(w).manifest,
        _verified_store("tiny"),
    ),
    Kind("patches.npy", "data/tiny/patches.npy", _pixels("tiny"), _verified_store("tiny")),
    Kind("coded pixels", "data/cut_png/patches.*", _pixels("cut_png"), _verified_store("cut_png")),
    Kind("slides.parquet", "data/cut_png/slides.parquet", _frames),
    Kind("reviews.sqlite", "reviews.sqlite", _reviews),
    Kind("audit.jsonl", "audit.jsonl", lambda w: FileLog(w / "audit.jsonl").entries(), _audit),
)


def make(world: Path) -> Path:
    """Adds to a world (`worlds.make`) one of each file."""
    os.environ["IDC_DATA"], os.environ["IDC_MODELS"] = str(world / "data"), str(world / "models")
    run, store = _run(world), _store(world)
    rows = run.predictions()
    corrected_labels.save(run.path, world / "corrected.csv", rows)
    recalibration.save(run, recalibration.fit("temperature", rows["label"], rows["score"]))
    saved_smoothing.save(run, saved_smoothing.Smoothing(0.9, ("10253", "10254")), {})
    training_range.save(run, training_range.profile_of(store))
    write_evaluation(run)
    keep(run)
    notes.tag(run.path, ("ward", "first"), by="Ada")
    ledger.look(run, 0.4)
    ledger.look(run, 0.6)
    analyse.analyse(run, store, Scorer(run.path / "model.onnx"), lambda *_: None)
    _add_folds(run, rows)
    _add_watched(run, rows)
    seal.write(run.path)
    _add_parts(world, rows)
    cut_store(world, world / "slides", 50, "png")
    scored(units_in(world), work_in(world))
    _add_logs(world)
    return world


def _add_folds(run: Run, rows: pd.DataFrame) -> None:
    number = rows["patient"].astype("category").cat.codes % 3
    write_parquet(run.path / out_of_fold.FILE, rows.assign(fold=number)[[*out_of_fold.COLUMNS]])
    patients = dict(zip(rows["patient"], map(int, number), strict=True))
    folds = Folds(folds=3, seed=0, data=run.info.fingerprint, patients=patients, roc_auc=[0.9] * 3)
    record.write(run.path / FOLDS, folds)


def _add_watched(run: Run, rows: pd.DataFrame) -> None:
    some = rows[rows["split"] == "validation"].reset_index(drop=True)
    write_parquet(run.path / tracked_patches.PATCHES, some.drop(columns="score"))
    for epoch in range(1, 7):
        scores = np.linspace(0.01 * epoch, 0.9, len(some), dtype=np.float16)
        tracked_patches.append_scores(run.path, epoch, scores)


def _add_parts(world: Path, rows: pd.DataFrame) -> None:
    import pyarrow as pa

    made = world / "models" / "parts"
    made.mkdir()
    record.write(made / "run.json", _run(world).info)
    halves = [pa.Table.from_pandas(half, preserve_index=False) for half in (rows[:99], rows[99:])]
    score_parts.write_parts(made, halves)
    seal.write(made)


def _add_logs(world: Path) -> None:
    reviews = open_reviews(world / "reviews.sqlite")
    words = ("IDC at the border", "blurred", "")
    for x in range(30):
        for reviewer in ("Ada", "Ben"):
            reviews.record([verdict(x=x, reviewer=reviewer, comment=words[x % 3])])
    log = FileLog(world / "audit.jsonl")
    for number in range(30):
        log.append(Entry(at=f"2026-11-30T12:00:{number:02d}", person="ada", act="verdict"))


def mark(value: Any) -> str:
    """Equal for equal values, also of tables and arrays."""
    if isinstance(value, pd.DataFrame):
        plain = value.astype(dict.fromkeys(value.select_dtypes("number"), float))
        return f"{[*plain.columns]} {plain.to_csv()}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tracked_patches.Tracked):
        return mark((value.patches, value.scores))
    if isinstance(value, corrected_labels.LabelTable):
        return mark(value.frame)
    if isinstance(value, record.Record):  # what nobody knows (`others`) nobody reads
        own = (getattr(value, name) for name in value.__struct_fields__ if name != "others")
        return f"{type(value).__name__} {mark(tuple(own))}"
    if isinstance(value, dict):
        return mark(tuple(value.items()))
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, (tuple, list)):
        return " | ".join(map(mark, value))
    return repr(value)
