"""Making what is kept of a split (`stored`): two sorts, and what is counted while they go by."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from idc_core.evaluate.decision import decision_table
from idc_core.evaluate.slices.attributes import STRATA, strata_of
from idc_core.io import record
from idc_core.io.files import sha256_of, sync_folder, write_parquet
from idc_core.io.mapped import let_go
from idc_core.io.refusal import refused_by_system
from idc_core.many import calibrated, source, stored
from idc_core.many.engine import engine, in_order
from idc_core.many.own_sums import Batch, OwnSums, whole_patients
from idc_core.many.ranks import Ranked, Ranking
from idc_core.many.stored import (
    DECISION,
    Facts,
    KeptBands,
    Stored,
    folder_of,
    kept_band,
    open_stored,
)
from idc_core.metrics.bands import CountsAt, of_groups
from idc_core.runs import score_parts
from idc_core.runs.patient_counts import Counted
from idc_core.runs.run import Run
from idc_core.threshold_table.grid import CURVE_POINTS
from idc_core.threshold_table.identity import identity

_PATIENTS = 5000
"""Whose counts are in memory at once."""


def of(run: Run, split: str) -> str:
    """What the sums of a split must be of, as its threshold table."""
    scores = sha256_of(run.scores_file)
    return identity(scores, split, run.calibration_id(), run.info.raster)


def keep(run: Run, of: dict[str, str]) -> list[str]:
    """Make the sums of the splits that have none yet; names these. `of`: what each must be of.

    Raises `Refusal` where they cannot be written, or a prediction cannot be judged.
    """
    missing = [split for split, own in of.items() if not (folder_of(run, split, own)).is_dir()]
    if not missing:
        return []
    held = source.look_through(run)
    made = [split for split in missing if split in held and held[split].patches]
    for split in made:
        make(run, split, held[split], of[split])
    return made


def make(run: Run, split: str, held: source.Split, of: str) -> Stored:
    """Sort a split's labelled predictions and keep what they add up to; older sums of it go."""
    folder = folder_of(run, split, of)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    with refused_by_system(f"write {part}"):
        part.mkdir(parents=True)
        try:
            _write(run, split, held, of, part)
            sums = open_stored(part, of, has_bands=False)
            _write_bands(sums, part)
            calibrated.keep(sums)
            _write_decision(sums)
            sync_folder(part)
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    for older in folder.parent.glob(f"scores_v*_{split}_*"):
        if older != folder:
            shutil.rmtree(older, ignore_errors=True)
    return open_stored(folder, of)


def _write(run: Run, split: str, held: source.Split, of: str, folder: Path) -> None:
    kind = _kind(run)
    with engine(folder) as opened:
        rows = source.rows(run, split, held.patients)
        ranked = _by_score(in_order(opened, rows, "score"), held, folder, kind)
    with engine(folder) as opened:
        rows = source.rows(run, split, held.patients)
        own = _by_patient(
            in_order(opened, rows, "patient, label, score"), held, ranked, folder, kind
        )
    np.save(folder / "cells.npy", own.cells)
    np.save(folder / "pairs.npy", np.stack([ranked.won, ranked.lost]))
    table = {
        "patient": held.patients.astype(str),
        "idc": held.idc,
        "others": held.others,
        "won": ranked.won.sum(axis=0),
        "lost": ranked.lost.sum(axis=0),
        "within": own.within,
        "left": own.left if ranked.steps is not None else _left_out(held, ranked),
        "squared": own.squared,
        "scores": own.cells[2].sum(axis=1),
    }
    write_parquet(folder / "patients.parquet", pd.DataFrame(table))
    known = None if np.isnan(ranked.precision) else ranked.precision
    facts = Facts(
        of=of, kind=kind, patches=held.patches, unlabelled=held.unlabelled, precision=known
    )
    record.write(folder / "facts.json", facts)


def _write_bands(found: Stored, folder: Path) -> None:
    curve = found.ranked.points(CURVE_POINTS)
    let_go(found.ranked.positive)
    let_go(found.ranked.negative)
    drawn = of_groups(_Groups(found.counted), curve.thresholds)
    kept = KeptBands(roc=kept_band(drawn.roc), pr=kept_band(drawn.pr))
    record.write(folder / "bands.json", kept)


def _write_decision(found: Stored) -> None:
    def counts_at(threshold: float) -> npt.NDArray[np.int64]:
        return np.concatenate([at(threshold) for at in _Groups(found.counted)])

    table = decision_table(counts_at, found.ranked.prevalence)
    write_parquet(found.folder / DECISION, table)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Counts of some patients at a time; what was looked at of their scores is given back."""

    counted: Counted

    def __iter__(self) -> Iterator[CountsAt]:
        for group in self.counted.groups(_PATIENTS):
            yield group.at
            let_go(group.idc.scores)
            let_go(group.others.scores)


def _left_out(held: source.Split, ranked: Ranked) -> npt.NDArray[np.float64]:
    """Average precision without each patient; not defined without the only one that has IDC."""
    alone = held.idc == held.idc.sum()
    return np.where(alone, np.nan, ranked.precision - ranked.weight)


def _by_score(
    batches: Iterator[pa.RecordBatch], held: source.Split, folder: Path, kind: str
) -> Ranked:
    strata = strata_of(held.idc, held.idc + held.others).astype(np.int64)
    ranking = Ranking(held.idc, held.others, strata, len(STRATA))
    with ExitStack() as files:
        positive, negative = (
            files.enter_context(_new(folder / n)) for n in ("positive", "negative")
        )
        for patient, is_idc, score in map(_columns, batches):
            ranking.add(patient, is_idc, score)
            positive.write(score[is_idc].astype(kind).data)
            negative.write(score[~is_idc].astype(kind).data)
    return ranking.finish()


def _by_patient(
    batches: Iterator[pa.RecordBatch], held: source.Split, ranked: Ranked, folder: Path, kind: str
) -> OwnSums:
    own = OwnSums(len(held.patients), ranked.steps)
    with ExitStack() as files:
        idc, others = (files.enter_context(_new(folder / name)) for name in ("idc", "others"))
        for patient, is_idc, score in whole_patients(map(_columns, batches)):
            own.add(patient, is_idc, score)
            idc.write(score[is_idc].astype(kind).data)
            others.write(score[~is_idc].astype(kind).data)
    return own


def _columns(batch: pa.RecordBatch) -> Batch:
    patient, label, score = (
        batch[name].to_numpy(zero_copy_only=False) for name in source.ROWS.names
    )
    return patient.astype(np.int64), label == 1, score


def _new(path: Path) -> BinaryIO:
    return path.open("xb")


def _kind(run: Run) -> Literal["<f4", "<f8"]:
    """Numbers that hold every score as it is shown."""
    if run.calibration_id() is not None:
        return "<f8"
    kinds: set[Any] = {
        pq.read_schema(file).field("score").type for file in score_parts.files_of(run.path)
    }
    return "<f4" if kinds == {pa.float32()} else "<f8"


__all__ = ["keep", "make", "of", "stored"]
