"""The changes of `stress` on validation patches: where does a scanner, a stain, a file format hurt?

Raw scores of a patient-stratified sample are kept a kind in `analysis/`, so that every threshold is
answered without the network. Another network, other data or another sample has another file.
"""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.writer import rows_at_once
from idc_core.interpret.channels.sample import patient_sample
from idc_core.interpret.channels.worth import aucs
from idc_core.io.files import read_arrays, sha256_of, write_with
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.metrics.confusion import confusion_at
from idc_core.runs.run import Run
from idc_core.score.perturbations import PERTURBATIONS, changed
from idc_core.score.scoring import Scorer

VERSION = 1
MOST_PATCHES = 1_500
"""Patches: eight kinds of seven strengths are 84,000 scorings of these, about half a minute."""

CHUNK = 256

Floats = npt.NDArray[np.float64]


def measure(
    run: Run,
    store: PatchStore,
    scorer: Scorer,
    key: str,
    progress: TellStage,
) -> None:
    """Score the sample under every strength of one kind and keep it.

    Raises `Refusal` where the store holds no validation patches.
    """
    rows = sample(store)
    if not len(rows):
        raise Refusal("expected validation patches to change: the store holds none.")
    kind = PERTURBATIONS[key]
    found = np.empty((len(kind.values), len(rows)), np.float64)
    step = min(CHUNK, rows_at_once(store.raster.patch_px))
    for at, value in enumerate(kind.values):
        for start in range(0, len(rows), step):
            progress(kind.name, at * len(rows) + start, len(kind.values) * len(rows))
            some = np.asarray(store.patches[rows[start : start + step]])
            found[at, start : start + step] = scorer.score(changed(some, key, value))

    def write(target: BinaryIO) -> None:
        np.savez_compressed(target, allow_pickle=False, scores=found, values=kind.values)

    write_with(_file(run, store, key), write)


def sample(store: PatchStore) -> npt.NDArray[np.int64]:
    """The validation patches that are changed, rows of the store."""
    return patient_sample(store.index, most=MOST_PATCHES)


def saved(run: Run, store: PatchStore, key: str) -> Floats | None:
    """Raw scores (strengths, sample) of one kind; None where they were not measured."""
    kind = PERTURBATIONS[key]
    try:
        content = read_arrays(_file(run, store, key))
        scores, values = content["scores"], content["values"]
    except (KeyError, Refusal):
        return None
    fits = scores.shape == (len(kind.values), len(sample(store)))
    return scores if fits and np.array_equal(values, kind.values) else None


def at(
    scores: Floats, labels: npt.NDArray[np.int8], neutral: Floats, key: str, threshold: float
) -> pd.DataFrame:
    """A row a strength: sensitivity, specificity, ROC-AUC, share of calls that flip.

    `scores` (strengths, n) and `neutral` (n,), scores of the unchanged patches, both as they are
    shown (calibrated or not).
    """
    rows = []
    areas = aucs(scores.T, labels)
    for value, some, area in zip(PERTURBATIONS[key].values, scores, areas, strict=True):
        counts = confusion_at(labels, some, threshold)
        flipped = ((some >= threshold) != (neutral >= threshold)).mean()
        rows.append((value, counts.sensitivity, counts.specificity, float(area), float(flipped)))
    columns = ["strength", "sensitivity", "specificity", "roc_auc", "flipped"]
    return pd.DataFrame(rows, columns=columns)


def _file(run: Run, store: PatchStore, key: str) -> Path:
    network = sha256_of(run.path / "model.onnx")
    name = f"stress_v{VERSION}_{key}_{store.fingerprint[:12]}_{network[:12]}.npz"
    return run.path / "analysis" / name
