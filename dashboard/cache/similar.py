"""The embeddings of a run's patches, and the patch of each row."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import networks
from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.places import place_of
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.evaluate import recalibration
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run, open_run
from idc_core.score import embeddings
from idc_core.score.nearest import flat_map


@dataclass(frozen=True)
class Known:
    """`embeddings` (float32, for speed) in the order of the store; `rows` (patient, x, y, label,
    split, score) likewise, score `nan` if the run has none; `places` (n, 2) on the map, which
    explains `share` of the variance."""

    embeddings: "np.ndarray"
    rows: pd.DataFrame
    places: "np.ndarray"
    share: float


def known(run: Run, store: PatchStore) -> Known | None:
    """The saved embeddings; None before they were computed."""
    file = embeddings.file_of(run, store)
    if not file.is_file():
        return None
    return _known(
        str(run.path),
        str(store.path),
        run.calibration_id(),
        stamp(file),
        stamp(run.scores_file),
    )


def measure(run: Run, store: PatchStore, progress: Callable[[int, int], None]) -> None:
    """Compute and save the embeddings, reporting to `progress`.

    Raises `Refusal` if the run's folder cannot be written.
    """
    try:
        embeddings.measure(run, store, networks.scorer(run), progress)
    except OSError as refused:
        raise Refusal(
            f"expected to write to {run.path / 'analysis'}: {refused.strerror}. Make it writable, "
            "then open this page again."
        ) from None


@st.cache_resource(max_entries=3, show_spinner="Computing the map …")
def _known(
    path: str, store_path: str, calibration: str | None, stamp: Stamp, predictions: Stamp
) -> Known | None:
    run, store = open_run(Path(path)), open_store(Path(store_path))
    found = embeddings.saved(run, store)
    if found is None:
        return None
    key = place_of(store.index)
    rows = store.index[[*key, "label", "split"]].reset_index(drop=True)
    scored = recalibration.mapped(run, run.predictions())[[*key, "score"]]
    rows = rows.merge(scored.drop_duplicates(key), on=key, how="left")
    places, share = flat_map(found)
    return Known(np.asarray(found, np.float32), rows, places, share)
