"""Evidence on how reliable a prediction is: training range, similar patches, perturbations."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.cache import networks, similar, stores
from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.data.stores.writer import rows_at_once
from idc_core.interpret import robustness
from idc_core.io.refusal import Refusal
from idc_core.runs import trained_on
from idc_core.runs.run import Run, open_run
from idc_core.score import training_range
from idc_core.score.embeddings import normalised
from idc_core.score.input_check import Checked, check
from idc_core.score.training_range import Profile

Patches = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]


def profile(run: Run) -> Profile | None:
    """The range of the run's training patches: as saved, else measured once if they are here."""
    file = run.path / training_range.FILE
    if file.is_file():
        return _kept_profile(str(run.path), stamp(file))
    store = stores.pixels_of(run)
    if store is None or not (store.index["split"] == "train").any():
        return None
    return _measured_profile(str(store.path), stamp(store.pixel_file))


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_profile(path: str, stamp: Stamp) -> Profile | None:
    return training_range.saved(open_run(Path(path)))


@st.cache_resource(max_entries=4, show_spinner="Measuring the training patches …")
def _measured_profile(path: str, stamp: Stamp) -> Profile:
    return training_range.profile_of(open_store(Path(path)))


def reference(run: Run) -> str:
    """What the patches of the profile are to the run, as the end of "nearly all N …"."""
    store = stores.store_of(run)
    return trained_on.reference(run.info, None if store is None else store.name)


def checked(run: Run, store: PatchStore) -> Checked:
    """The input check of every patch of a store, once."""
    file = run.path / training_range.FILE
    profiled = stamp(file) if file.is_file() else None
    return _checked(str(run.path), str(store.path), profiled, stamp(store.pixel_file))


@st.cache_resource(max_entries=4, show_spinner="Checking the patches …")
def _checked(path: str, store: str, profiled: Stamp | None, pixels: Stamp) -> Checked:
    run = open_run(Path(path))
    return check(open_store(Path(store)).patches, profile(run))


def scores_of(run: Run) -> Callable[[Patches], Scores]:
    """The scoring function of a run, with its saved recalibration."""
    scorer = networks.scorer(run)
    return lambda patches: networks.calibrated(run, scorer.score(patches))


def neighbours(
    run: Run, store: PatchStore, known: similar.Known, patch: Patches, count: int
) -> tuple[pd.DataFrame, Floats]:
    """The training patches of the store most similar to a patch (side, side, 3), and their cosine
    similarities."""
    own = normalised(networks.scorer(run).embeddings(patch[None]))[0].astype(np.float32)
    cosine = known.embeddings @ own
    cosine[(known.rows["split"] != "train").to_numpy()] = -np.inf
    # The patch itself may be one of them.
    order = np.argsort(-cosine, kind="stable")[: count + 1]
    others = [not np.array_equal(store.patches[row], patch) for row in order]
    order = order[np.isfinite(cosine[order]) & others][:count]
    return known.rows.iloc[order], cosine[order]


def perturbed(run: Run, store: PatchStore, key: str, threshold: float) -> pd.DataFrame | None:
    """The effect of one perturbation on the validation sample; None before it was measured."""
    scores = robustness.saved(run, store, key)
    if scores is None:
        return None
    base, labels, _ = sample(run, store)
    shown = networks.calibrated(run, scores.ravel()).reshape(scores.shape)
    return robustness.at(shown, labels, base, key, threshold)


def sample(run: Run, store: PatchStore) -> tuple[Scores, npt.NDArray[np.int8], int]:
    """Scores of the unchanged sample, its labels, and how many patients it comes from."""
    file = stamp(run.path / "model.onnx")
    base, labels, patients = _sample(str(run.path), str(store.path), file, stamp(store.pixel_file))
    return networks.calibrated(run, base), labels, patients


@st.cache_resource(max_entries=4, show_spinner=False)
def _sample(
    path: str, store: str, network: Stamp, pixels: Stamp
) -> tuple[Scores, npt.NDArray[np.int8], int]:
    opened, run = open_store(Path(store)), open_run(Path(path))
    rows = robustness.sample(opened)
    if not len(rows):
        raise Refusal("expected validation patches to change: the store holds none.")
    picked = opened.index.iloc[rows]
    step, scorer = rows_at_once(opened.raster.patch_px), networks.scorer(run)
    parts = [rows[start : start + step] for start in range(0, len(rows), step)]
    score = np.concatenate([scorer.score(np.asarray(opened.patches[part])) for part in parts])
    return score, picked["label"].to_numpy(np.int8), int(picked["patient"].nunique())
