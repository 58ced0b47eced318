"""The splits of a run's predictions, and what is computed once per split."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import runs
from dashboard.cache.sorted_split import SortedSplit, of_stored
from dashboard.cache.stamps import Stamp, stamp
from dashboard.state.once import once
from idc_core.data.places import slide_numbers
from idc_core.data.shown_splits import RAW, UNTOUCHED, in_split, splits_in
from idc_core.data.split.splits import SPLITS
from idc_core.data.tables import coordinates
from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import patient_aucs
from idc_core.io.refusal import Refusal
from idc_core.many import judge
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.records.raster import Raster
from idc_core.runs import score_parts
from idc_core.runs.patient_counts import PatientCounts, by_patient
from idc_core.runs.run import Run, judged, only_calls, open_run, refuse_unlabelled
from idc_core.threshold_table.grid import CURVE_POINTS as CURVE_POINTS


@dataclass(frozen=True)
class SplitScores(SortedSplit):
    """One split of a run's predictions in memory, with everything that is computed once from it.

    `rows` is sorted by patient, in the order of `patients`, and holds the patches whose label is
    known.
    """

    patients: PatientCounts
    rows: pd.DataFrame

    def span(self, patient: str) -> slice:
        """The range of one patient's rows; empty if the patient is not in the split."""
        at = int(np.searchsorted(self.patients.patients, patient))
        if at == len(self.patients) or self.patients.patients[at] != patient:
            return slice(0, 0)
        ends = np.append(self.patients.starts, len(self.rows))
        return slice(int(ends[at]), int(ends[at + 1]))

    def of(self, patient: str) -> pd.DataFrame:
        """One patient's rows; empty if the patient is not in the split."""
        return self.rows.iloc[self.span(patient)]

    @cached_property
    def only_calls(self) -> bool:
        """Whether every score is 0 or 1."""
        return only_calls(self.rows["score"])

    @cached_property
    def roc_auc_interval(self) -> Interval:
        """The same with its interval over patients."""
        known = self.patients
        return self.jackknife.of_roc_auc_scores(known.owner, known.labels, known.scores)

    @cached_property
    def aucs(self) -> "np.ndarray[Any, Any]":
        """ROC-AUC within each patient."""
        return patient_aucs(self.patients)


def sorted_scores(chosen: Run, split: str) -> SortedSplit | None:
    """The same of any run, in memory or not: for pages that need no row of it."""
    refuse_unlabelled(chosen)
    if not are_too_many(chosen):
        return scores(chosen, split)
    known = stamp(chosen.scores_file)
    return _stored(str(chosen.path), split, runs.calibration_id(chosen), known, chosen.info.raster)


@once
@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs={Raster: repr})
def _stored(
    path: str, split: str, calibration: str | None, stamp: Stamp, raster: Raster
) -> SortedSplit | None:
    found = judge.stored(open_run(Path(path)), split)
    return None if found is None else of_stored(found, raster)


def are_too_many(chosen: Run) -> bool:
    """Whether a run's predictions are not to be held in memory."""
    file = chosen.scores_file
    return file.is_file() and _too_many(str(chosen.path), stamp(file))


@once
@st.cache_resource(max_entries=512, show_spinner=False)
def _too_many(path: str, stamp: Stamp) -> bool:
    return score_parts.are_too_many(Path(path))


def scores(chosen: Run, split: str, *, raw: bool = False) -> SplitScores | None:
    """One split of a run's predictions; None where it has no patches.

    Scores are recalibrated by the run's saved calibration, unless `raw` is set; then they are also
    those that a fold's network gave, not on the scale of all folds. Raises `TooMany`
    where they are not to be held in memory.
    """
    file = chosen.scores_file
    refuse_unlabelled(chosen)
    if not file.is_file():
        chosen.predictions()  # raises a Refusal that names the command
    calibration = None if raw else runs.calibration_id(chosen)
    return _scores(str(chosen.path), split, calibration, stamp(file), chosen.info.raster, raw)


@once
@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs={Raster: repr})
def _scores(
    path: str, split: str, calibration: str | None, stamp: Stamp, raster: Raster, raw: bool
) -> SplitScores | None:
    rows = _rows_of(path, split, calibration, stamp)
    if rows is None:
        return None
    if raw and RAW in rows:
        rows = rows.assign(score=rows[RAW])
    every = len(rows)
    known = judged(open_run(Path(path)), rows)
    if len(known) < every:
        rows = known.reset_index(drop=True)
        rows["patient"] = rows["patient"].cat.remove_unused_categories()
    try:
        with ThreadPoolExecutor(1) as thread:
            ranking = thread.submit(Ranked, rows["label"].to_numpy(), rows["score"].to_numpy())
            patients = by_patient(rows)
            ranked = ranking.result()
    except ValueError as broken:
        raise Refusal(f"the predictions in {path} cannot be shown: {broken}") from None
    jackknife = PatientJackknife(len(patients))
    return SplitScores(ranked, patients, jackknife, raster, every - len(rows), rows)


def rows_of(chosen: Run, split: str) -> pd.DataFrame | None:
    """All patches of a split, labelled or not, with the scores shown on the pages: for viewing, not
    for evaluation. None where the split has no patches."""
    calibration = runs.calibration_id(chosen)
    return _rows_of(str(chosen.path), split, calibration, stamp(chosen.scores_file))


@once
@st.cache_resource(max_entries=12, show_spinner=False)
def _rows_of(path: str, split: str, calibration: str | None, stamp: Stamp) -> pd.DataFrame | None:
    frame = _predictions(path, stamp)
    own = in_split(frame, split).to_numpy()
    if not own.any():
        return None
    # With ten million rows, avoid a copy that filters nothing.
    rows = frame.copy(deep=False) if own.all() else frame[own].reset_index(drop=True)
    codes, names = rows["patient"].cat.codes.to_numpy(), rows["patient"].cat.categories
    if not np.bincount(codes[codes >= 0], minlength=len(names)).all():
        rows["patient"] = rows["patient"].cat.remove_unused_categories()
    if split == UNTOUCHED:
        rows = rows.assign(split=split)
    if calibration is not None:
        rows["score"] = recalibration.mapped(open_run(Path(path)), rows)["score"]
    return rows


def splits(chosen: Run) -> list[str]:
    """The splits in a run's predictions."""
    file = chosen.scores_file
    if are_too_many(chosen):
        return [split for split in SPLITS if _held(chosen, split)]
    return _splits(str(chosen.path), stamp(file)) if file.is_file() else []


def _held(chosen: Run, split: str) -> bool:
    try:
        return sorted_scores(chosen, split) is not None
    except Refusal:
        return False


@st.cache_resource(max_entries=4, show_spinner=False)
def _splits(path: str, stamp: Stamp) -> list[str]:
    return splits_in(_predictions(path, stamp))


def off_grid(chosen: Run) -> str | None:
    """Why a run's coordinates do not fit the grid of slide maps; None where they do, and of a run
    too large for slide maps."""
    file = chosen.scores_file
    if are_too_many(chosen):
        return None
    stride = chosen.info.raster.stride_px
    return _off_grid(str(chosen.path), stride, stamp(file)) if file.is_file() else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _off_grid(path: str, stride: int, stamp: Stamp) -> str | None:
    rows = _predictions(path, stamp)
    slides = pd.Series(slide_numbers(rows)[0])
    return coordinates.off_grid(slides, rows["x"], rows["y"], stride)


@st.cache_resource(max_entries=4, show_spinner=False)
def _predictions(path: str, stamp: Stamp) -> pd.DataFrame:
    frame = open_run(Path(path)).predictions(compact=True)
    patient = frame["patient"].cat
    frame["patient"] = patient.reorder_categories(sorted(patient.categories))
    codes = frame["patient"].cat.codes.to_numpy()
    if (np.diff(codes) >= 0).all():
        return frame
    return frame.iloc[np.argsort(codes, kind="stable")].reset_index(drop=True)
