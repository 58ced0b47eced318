"""What a run's network makes of every patch of a store, computed once and kept beside the run.

`analysis/embedding_v1_<data>_<network>.npy`: float16, one row per patch in the order of the store,
each of length 1, so that a product of two rows is their cosine. Another network or other data has
another name; what is stale is never read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.store import PatchStore
from idc_core.io.files import sha256_of, write_with
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer

VERSION = 1

Embeddings = npt.NDArray[np.float16]  # (patches, units), rows of length 1 (or 0)


def saved(run: Run, store: PatchStore) -> Embeddings | None:
    """The kept embeddings; None where there are none or they are damaged."""
    try:
        found: Embeddings = np.load(file_of(run, store), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # they are made again
    good = found.ndim == 2 and len(found) == len(store.index) and found.dtype == np.float16
    return found if good else None


def measure(
    run: Run, store: PatchStore, scorer: Scorer, progress: Callable[[int, int], None] | None = None
) -> Embeddings:
    """Compute and keep the embeddings of all patches; raises `Refusal` like `Scorer`."""
    raw = scorer.embeddings(store.patches, progress=progress)
    unit = normalised(raw)
    file = file_of(run, store)

    def write(target: BinaryIO) -> None:
        np.save(target, unit, allow_pickle=False)

    write_with(file, write)
    return unit


def normalised(raw: npt.NDArray[np.float32]) -> Embeddings:
    """Rows of length 1; a row of noughts stays one.

    >>> normalised(np.float32([[0, 4], [0, 0]])).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    length = np.linalg.norm(raw, axis=1, keepdims=True)
    unit = np.divide(raw, length, out=np.zeros_like(raw), where=length > 0)
    found: Embeddings = unit.astype(np.float16)
    return found


def file_of(run: Run, store: PatchStore) -> Path:
    """Where the embeddings of this network and these data lie."""
    network = sha256_of(run.path / "model.onnx")
    name = f"embedding_v{VERSION}_{store.fingerprint[:12]}_{network[:12]}.npy"
    return run.path / "analysis" / name
