"""The structure of a run's network, and what was measured of its channels."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.cache import networks, stores
from dashboard.cache.stamps import Stamp, stamp
from dashboard.charts import network
from idc_core.data.places import place_of
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.evaluate import recalibration
from idc_core.interpret.channels import analyse
from idc_core.interpret.channels.analyse import Channels
from idc_core.interpret.channels.worth import aucs, judged_together, switched_off_here
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.metrics.simultaneous import Together
from idc_core.runs.run import Run, open_run

Floats = npt.NDArray[np.float64]


def anatomy(run: Run) -> Anatomy:
    """The structure of a run's network: costs, receptive fields, separable convolutions."""
    return _anatomy(str(run.path), stamp(run.path / "model.onnx"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _anatomy(path: str, stamp: Stamp) -> Anatomy:
    return Anatomy(networks.scorer(open_run(Path(path))))


def boxes(run: Run) -> list[network.Box]:
    """The network as it is drawn, one box per layer; the same list each time."""
    return _boxes(str(run.path), stamp(run.path / "model.onnx"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _boxes(path: str, stamp: Stamp) -> list[network.Box]:
    run = open_run(Path(path))
    return network.boxes(networks.scorer(run).layers, anatomy(run).costs)


def channels(run: Run) -> Channels | None:
    """What `train_cli.py analyse` found; None before it ran, or if its data are not here."""
    store = stores.store_of(run)
    if store is None or not run.has_network:
        return None
    file = _folder(str(run.path), str(store.path), stamp(run.path / "model.onnx"), _index(store))
    table = file / "channels.parquet"
    if not table.is_file():
        return None
    return _channels(str(run.path), str(store.path), stamp(table))


@st.cache_resource(max_entries=8, show_spinner=False)
def _folder(path: str, store: str, network: Stamp, index: Stamp) -> Path:
    return analyse.folder_of(open_run(Path(path)), open_store(Path(store)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _channels(path: str, store: str, stamp: Stamp) -> Channels | None:
    return analyse.saved(open_run(Path(path)), open_store(Path(store)))


def _index(store: PatchStore) -> Stamp:
    return stamp(store.path / "index.parquet")


def without(run: Run, found: Channels, layer: str) -> tuple[Floats, Floats] | None:
    """Recalibrated scores of the sample (n,) and without each channel (channels, n); None if the
    channels of the layer were not ablated."""
    if layer not in found.measured:
        return None
    return _without(str(run.path), str(found.folder), layer, run.calibration_id(), found)


@st.cache_resource(max_entries=24, show_spinner=False)
def _without(
    path: str, folder: str, layer: str, calibration: str | None, _found: Channels
) -> tuple[Floats, Floats] | None:
    raw = _found.off(layer)
    if raw is None:
        return None
    base = _found.sample["score"].to_numpy(np.float64)
    saved = recalibration.saved(open_run(Path(path)))
    return (
        (base, raw)
        if saved is None
        else (saved.apply(base), saved.apply(raw.ravel()).reshape(raw.shape))
    )


def auc_lost(run: Run, found: Channels, layer: str) -> npt.NDArray[np.float64] | None:
    """By how much ROC-AUC on the sample falls without each channel, (channels,)."""
    scores = without(run, found, layer)
    if scores is None:
        return None
    return _lost(str(found.folder), layer, run.calibration_id(), found, scores)


@st.cache_resource(max_entries=24, show_spinner=False)
def _lost(
    folder: str,
    layer: str,
    calibration: str | None,
    _found: Channels,
    _scores: tuple[Floats, Floats],
) -> npt.NDArray[np.float64]:
    base, off = _scores
    labels = _found.sample["label"].to_numpy(np.int8)
    lost: npt.NDArray[np.float64] = aucs(base[:, None], labels)[0] - aucs(off.T, labels)
    return lost


def judged(run: Run, found: Channels, layer: str) -> Together | None:
    """Change of ROC-AUC without each channel, with simultaneous intervals over the layer."""
    scores = without(run, found, layer)
    if scores is None:
        return None
    return _judged(str(found.folder), layer, run.calibration_id(), found, scores)


@st.cache_resource(max_entries=24, show_spinner=False)
def _judged(
    folder: str,
    layer: str,
    calibration: str | None,
    _found: Channels,
    _scores: tuple[Floats, Floats],
) -> Together:
    owner = pd.factorize(_found.sample["patient"])[0].astype(np.int64)
    return judged_together(owner, _found.sample["label"].to_numpy(np.int8), *_scores)


def here(run: Run, layer: str, pixels: npt.NDArray[np.uint8]) -> Floats:
    """Recalibrated scores of one patch without each channel of a layer."""
    scorer = networks.scorer(run)
    known = next(each for each in scorer.layers if each.name == layer)
    return np.asarray(networks.calibrated(run, switched_off_here(scorer, known, pixels)))


def rows(run: Run, store: PatchStore) -> pd.DataFrame:
    """Every patch of the store with the run's score, `nan` if it has none."""
    file = run.scores_file
    seen = stamp(file) if file.is_file() else None
    return _all_rows(str(run.path), str(store.path), run.calibration_id(), seen, _index(store))


@st.cache_resource(max_entries=3, show_spinner=False)
def _all_rows(
    path: str, store: str, calibration: str | None, predictions: Stamp | None, index: Stamp
) -> pd.DataFrame:
    run, of_store = open_run(Path(path)), open_store(Path(store)).index
    key = place_of(of_store)
    found = of_store[[*key, "label", "split"]].reset_index(drop=True)
    if predictions is None:
        return found.assign(score=np.nan)
    scored = recalibration.mapped(run, run.predictions())[[*key, "score"]]
    return found.merge(scored.drop_duplicates(key), on=key, how="left")
