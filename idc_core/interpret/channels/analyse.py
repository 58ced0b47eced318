"""Everything about a run's channels, computed once and kept in its `analysis/`.

`analysis/channels_v2_<data>_<network>/`: blocks of patches as they come, then `seen.npz` (what
every patch of the store said), `sample.parquet` (the validation patches channels are measured on),
`channels.parquet` (a row per channel) and `off_<layer number>.npz` (scores without each channel). A
kill loses one block or one layer; another network or other data has another folder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.stores.store import PatchStore
from idc_core.interpret.channels.cut import read_layers
from idc_core.interpret.channels.sample import patient_sample
from idc_core.interpret.channels.statistics import Figures, Seen, look
from idc_core.interpret.channels.worth import SwitchedOff, aucs, duplicates
from idc_core.io.files import read_arrays, read_parquet, sha256_of, write_parquet, write_with
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.runs.fitted_on import refuse_final
from idc_core.runs.run import Run
from idc_core.score.scoring import Layer, Scorer

VERSION = 2
MATCHED = 256
"""Sample patches over whose places channels are compared with one another."""

SATURATED = 0.99
"""Share of patches above zero everywhere from which on a rectified channel is always on."""

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Channels:
    """What was found. `table`: a row per channel, columns layer, channel, low, high, silent,
    always, auc, duplicate_of, dead, saturated, top_patients. `rows`, `values` (TOP, C): the patches
    it answers to most, columns in the order of `table`. `sample`: row, patient, label, score
    (raw)."""

    folder: Path
    table: pd.DataFrame
    rows: npt.NDArray[np.int64]
    values: Floats
    patches: int
    sample: pd.DataFrame

    def of(self, layer: str) -> pd.DataFrame:
        """The rows of one layer."""
        return self.table[self.table["layer"] == layer]

    def off(self, layer: str) -> Scores | None:
        """Raw scores (channels, sample) without each channel; None where it was not measured."""
        return _off(self._file(layer), len(self.sample))

    def _file(self, layer: str) -> Path:
        return self.folder / f"off_{self._numbers[layer]:03d}.npz"

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {layer: at for at, layer in enumerate(self.table["layer"].unique())}

    @property
    def measured(self) -> list[str]:
        """Layers whose channels were switched off."""
        return [layer for layer in self._numbers if self._file(layer).is_file()]


def analyse(run: Run, store: PatchStore, scorer: Scorer, progress: TellStage) -> Channels:
    """Compute what is not there yet; raises `Refusal` where there is nothing to compute it on."""
    refuse_final(run.path, run.info)
    if run.came_as_onnx:
        raise Refusal(
            f"expected a network whose layers are known: {run.name} came as ONNX "
            f"({run.came_as_onnx}). Import the Keras file it was made of."
        )
    if not store.has_pixels:
        raise Refusal(
            f"expected the pixels of the store {store.path.name}: they are not there. Make them: "
            f"python train_cli.py prepare SOURCE --name {store.path.name}."
        )
    rows = patient_sample(store.index)
    if not len(rows):
        raise Refusal("expected validation patches to measure channels on: the store holds none.")
    folder = folder_of(run, store)
    found = saved(run, store)
    if found is None:
        seen = look(scorer, store.patches, folder, progress)
        _measure(folder, seen, store, scorer, rows, progress)
        for block in folder.glob("block_*.npz"):  # all they say is in the tables now
            block.unlink()
        found = saved(run, store)
    assert found is not None
    _switch_off(found, scorer, store, progress)
    return found


def saved(run: Run, store: PatchStore) -> Channels | None:
    """What was computed before; None where there is nothing, or not all of the first part."""
    folder = folder_of(run, store)
    try:
        table, sample = (
            read_parquet(folder / f"{name}.parquet") for name in ("channels", "sample")
        )
        seen = read_arrays(folder / "seen.npz")
        rows, values, patches = seen["rows"], seen["values"], int(seen["patches"])
    except (KeyError, Refusal):
        return None
    return Channels(folder, table, rows, values, patches, sample)


def folder_of(run: Run, store: PatchStore) -> Path:
    """Where the figures of this network and these data lie."""
    network = sha256_of(run.path / "model.onnx")
    name = f"channels_v{VERSION}_{store.fingerprint[:12]}_{network[:12]}"
    return run.path / "analysis" / name


def _measure(
    folder: Path,
    seen: Seen,
    store: PatchStore,
    scorer: Scorer,
    rows: npt.NDArray[np.int64],
    progress: TellStage,
) -> None:
    patches = np.asarray(store.patches[rows])
    sample = store.index.iloc[rows][["patient", "label"]].reset_index(drop=True)
    sample.insert(0, "row", rows)
    sample["score"] = scorer.score(patches)
    table = _table(seen, store, scorer)
    table["auc"] = aucs(_means(scorer, patches, progress), sample["label"].to_numpy(np.int8))
    table["duplicate_of"] = np.concatenate(
        [_twins(scorer, layer, patches) for layer in scorer.layers]
    )
    # A channel that never says anything repeats nothing.
    table.loc[table["dead"], "duplicate_of"] = -1
    rows32, most = seen.rows.astype(np.int32), np.array(seen.patches)
    write_with(folder / "seen.npz", _arrays(rows=rows32, values=seen.values, patches=most))
    write_parquet(folder / "sample.parquet", sample)
    write_parquet(folder / "channels.parquet", table)


def _arrays(**arrays: npt.NDArray[Any]) -> Callable[[BinaryIO], None]:
    """Writes them, compressed, into a file."""

    def write(target: BinaryIO) -> None:
        np.savez_compressed(target, allow_pickle=False, **arrays)

    return write


def _table(seen: Seen, store: PatchStore, scorer: Scorer) -> pd.DataFrame:
    layers = scorer.layers
    sizes = [layer.shape[-1] for layer in layers]
    kinds = np.repeat([layer.kind in ("ReLU", "Activation") for layer in layers], sizes)
    patients = store.index["patient"].astype(str).to_numpy()
    return pd.DataFrame(
        {
            "layer": np.repeat([layer.name for layer in layers], sizes),
            "channel": np.concatenate([np.arange(size) for size in sizes]),
            "low": seen.low,
            "high": seen.high,
            "silent": seen.silent,
            "always": seen.always,
            "dead": seen.low == seen.high,
            "saturated": kinds & (seen.always >= SATURATED * seen.patches),
            "top_patients": [
                # A patch that gets no answer at all is not among the strongest of a channel.
                len(set(patients[rows[(rows >= 0) & (values != 0)]]))
                for rows, values in zip(seen.rows.T, seen.values.T, strict=True)
            ],
        }
    )


def _means(scorer: Scorer, patches: npt.NDArray[np.uint8], progress: TellStage) -> Floats:
    figures, parts = Figures(scorer), []
    for start in range(0, len(patches), 512):
        progress("tell the classes apart", start, len(patches))
        parts.append(figures.of(patches[start : start + 512])[0])
    return np.concatenate(parts)


def _twins(scorer: Scorer, layer: Layer, patches: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    some = patches[np.linspace(0, len(patches) - 1, min(len(patches), MATCHED)).astype(int)]
    return duplicates(scorer.answers(layer, some))


def _switch_off(found: Channels, scorer: Scorer, store: PatchStore, progress: TellStage) -> None:
    patches = np.asarray(store.patches[found.sample["row"].to_numpy()])
    layers = read_layers(scorer)
    for nth, layer in enumerate(layers, start=1):
        file = found._file(layer.name)
        if _off(file, len(found.sample)) is None:
            doing = f"switch off the channels of layer {nth} of {len(layers)}"
            scores = SwitchedOff(scorer, layer).scores(patches, partial(progress, doing))
            # In full precision: rounded scores of equal patches would be told apart by nothing.
            write_with(file, _arrays(scores=scores))


def _off(file: Path, patches: int) -> Scores | None:
    try:
        scores: Scores = read_arrays(file)["scores"].astype(np.float64)
    except (KeyError, Refusal):
        return None
    return scores if scores.ndim == 2 and scores.shape[1] == patches else None
