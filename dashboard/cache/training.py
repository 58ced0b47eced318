"""What the Training page reads: histories, tracked patches, folds, baselines."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import runs, slices, stamps, stores
from dashboard.cache.stamps import Stamp
from dashboard.charts.history import Line
from idc_core.data.known_labels import is_known
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import baselines
from idc_core.io.refusal import Refusal
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.run_info import RunInfo, read_info
from idc_core.runs.out_of_fold import fold_path, out_of_fold
from idc_core.runs.run import Run, open_run
from idc_core.train import tracked_patches
from idc_core.train.history.epochs import kept_epoch, one_row_an_epoch

MONITOR = "val_auc"


def monitor(run: Run) -> str:
    """The metric that selected the run's epoch."""
    return run.info.monitor or MONITOR


def history(run: Run) -> pd.DataFrame:
    """One row per epoch, in order."""
    return one_row_an_epoch(runs.history(run))


def kept(run: Run) -> int | None:
    """The epoch whose weights the run holds; None where that is not known."""
    return kept_epoch(run.info) or kept_epoch(RunInfo(), runs.events(run))


def line(name: str) -> Line:
    """A run as the curve chart takes it."""
    run = runs.run(name)
    return Line(name, history(run), runs.events(run))


@dataclass(frozen=True)
class TrackedPatches:
    """Tracked patches with their scores and fates up to the saved epoch."""

    patches: pd.DataFrame
    scores: "np.ndarray[Any, Any]"
    thresholds: "np.ndarray[Any, Any]"
    epochs: "np.ndarray[Any, Any]"


def tracked(run: Run) -> TrackedPatches | None:
    """None where the run tracked no patches or no epoch is done."""
    files = [
        run.path / name for name in (tracked_patches.PATCHES, tracked_patches.SCORES, "history.csv")
    ]
    if not all(file.is_file() for file in files):
        return None
    return _tracked(str(run.path), kept_epoch(run.info) or 0, *map(stamps.stamp, files))


@st.cache_resource(max_entries=8, show_spinner=False)
def _tracked(path: str, kept: int, *stamps: Stamp) -> TrackedPatches | None:
    run = open_run(Path(path))
    found = tracked_patches.read_tracked(run.path)
    table = history(run)
    if found is None or table.empty or not len(found.scores):
        return None
    last = kept or int(table["epoch"].max())
    known = np.asarray(np.isfinite(found.scores).all(axis=1))
    epochs = np.flatnonzero(known[:last]) + 1
    if not len(epochs):
        return None
    by_epoch = table.set_index("epoch").reindex(epochs)
    thresholds = np.full(len(epochs), 0.5)
    if "val_best_threshold" in by_epoch:
        own = by_epoch["val_best_threshold"].to_numpy(np.float64)
        thresholds = np.where(np.isfinite(own), own, 0.5)
    scores = found.scores[epochs - 1]
    labels = found.patches["label"].to_numpy(np.int8)
    fates = tracked_patches.fates(labels, scores, thresholds)
    patches = pd.concat([found.patches.reset_index(drop=True), fates], axis=1)
    return TrackedPatches(
        patches.assign(score=scores[-1].astype(float)), scores, thresholds, epochs
    )


@dataclass(frozen=True)
class Fold:
    """One fold's network, evaluated on its held-out patients."""

    fold: int
    patients: int
    patches: int
    roc_auc: Interval
    epochs: int | None
    best_epoch: int | None


def folds(run: Run) -> list[Fold]:
    """The folds of a run; empty where none is finished."""
    file = run.path / "out_of_fold.parquet"
    if not file.is_file():
        return []
    return _folds(str(run.path), stamps.stamp(file))


@st.cache_resource(max_entries=8, show_spinner=False)
def _folds(path: str, stamp: Stamp) -> list[Fold]:
    run = open_run(Path(path))
    table = out_of_fold(run)
    if table is None:
        return []
    found = []
    for number, own in table.groupby("fold"):
        index = own.assign(split="test")
        area = baselines.roc_auc(index, own["score"].to_numpy(np.float64), "test")
        info = _fold_info(run, int(str(number)))
        patients = own["patient"].nunique()
        found.append(
            Fold(
                int(str(number)),
                patients,
                len(own),
                area,
                info.epochs,
                info.best_epoch,
            )
        )
    return found


def _fold_info(run: Run, number: int) -> RunInfo:
    path = fold_path(run.path, number - 1)
    return read_info(path) if (path / "run.json").is_file() else RunInfo()


@dataclass(frozen=True)
class TrivialBaseline:
    """A rule without a network, evaluated on validation."""

    name: str
    said: str
    roc_auc: Interval
    loss: float


def trivial(run: Run) -> list[TrivialBaseline]:
    """Baselines on a run's data: prevalence, and colour once its pixels have been measured."""
    store = stores.store_of(run)
    if store is None:
        return []
    table = slices.measured(run)
    return _trivial(str(store.path), store.fingerprint, table is not None, store, table)


def network_roc_auc(run: Run) -> Interval | None:
    """ROC-AUC of the run's own network on validation, computed as for the baselines; None where no
    patch was scored."""
    file = run.scores_file
    return _network_roc_auc(str(run.path), stamps.stamp(file)) if file.is_file() else None


@st.cache_data(max_entries=8, show_spinner=False)
def _network_roc_auc(path: str, stamp: Stamp) -> Interval | None:
    rows = open_run(Path(path)).predictions()
    rows = rows[is_known(rows["label"])]
    if rows.loc[rows["split"] == "validation", "label"].nunique() < 2:
        return None
    return baselines.roc_auc(rows, rows["score"].to_numpy(np.float64), "validation")


@st.cache_resource(max_entries=4, show_spinner=False)
def _trivial(
    path: str, fingerprint: str, coloured: bool, _store: PatchStore, _table: pd.DataFrame | None
) -> list[TrivialBaseline]:
    index = _store.index
    if not (index["split"] == "validation").any():
        return []
    makers: list[Callable[[], baselines.Baseline]] = [lambda: baselines.prevalence(index)]
    if _table is not None:
        makers.append(lambda: baselines.colour(index, _table))
    made = []
    for make in makers:
        with suppress(Refusal):  # no such baseline: one class only, or colour separates them fully
            made.append(make())
    return [
        TrivialBaseline(
            each.name,
            each.said,
            baselines.roc_auc(index, each.scores, "validation"),
            baselines.loss(index, each.scores, "validation"),
        )
        for each in made
    ]
