"""One look at every patch of a store: which patches each channel answers to most, and how far.

A channel's answer to a patch is the mean over its places. Blocks of patches are kept as they are
done, so that a kill loses one block; merged in order, they give the same bytes as without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.pixels import PatchRows
from idc_core.interpret.channels.cut import FIGURES, boiled_down
from idc_core.io.files import read_arrays, write_with
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import BATCH, Layer, Scorer, session_of

BLOCK = 2_048
TOP = 24

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Seen:
    """Figures of all channels, layer after layer; C of them.

    `rows`, `values` (TOP, C): the patches answered to most, −1 and NaN where there are fewer;
    `low`, `high` (C,) over all places; `silent`, `always` (C,) patches in which the channel is zero
    everywhere, or above zero everywhere; `patches`: how many were looked at.
    """

    rows: npt.NDArray[np.int64]
    values: Floats
    low: Floats
    high: Floats
    silent: npt.NDArray[np.int64]
    always: npt.NDArray[np.int64]
    patches: int


def look(scorer: Scorer, patches: PatchRows, folder: Path, progress: TellStage) -> Seen:
    """Look at all patches (n, 50, 50, 3); finished blocks in `folder` are not looked at again."""
    figures = Figures(scorer)
    blocks = []
    for start in range(0, len(patches), BLOCK):
        progress("look at every patch", start, len(patches))
        file = folder / f"block_{start // BLOCK:05d}.npz"
        block = _saved(file, min(BLOCK, len(patches) - start))
        if block is None:
            block = summary(*figures.of(patches[start : start + BLOCK]), start)
            _save(file, block)
        blocks.append(block)
    progress("look at every patch", len(patches), len(patches))
    return merged(blocks)


class Figures:
    """Mean, max and min over the places of every channel, (n, C) each."""

    def __init__(self, scorer: Scorer, layers: Sequence[Layer] | None = None) -> None:
        self._layers = scorer.layers if layers is None else tuple(layers)
        self._session = session_of(boiled_down(scorer.content, self._layers))

    def of(self, patches: npt.NDArray[np.uint8]) -> tuple[Floats, Floats, Floats]:
        """Figures of some patches."""
        names = [f"{figure}/{layer.name}" for figure in FIGURES for layer in self._layers]
        parts = []
        for start in range(0, len(patches), BATCH):
            some = patches[start : start + BATCH].astype(np.float32)
            found = self._session.run(names, {self._session.get_inputs()[0].name: some})
            each = len(self._layers)
            parts.append(
                [np.concatenate(found[at * each : (at + 1) * each], axis=1) for at in range(3)]
            )
        mean, high, low = (np.concatenate(part) for part in zip(*parts, strict=True))
        return mean, high, low


def summary(mean: Floats, high: Floats, low: Floats, start: int) -> Seen:
    """Of some patches (n, C), the first of which is row `start`."""
    count = min(TOP, len(mean))
    order = np.argsort(-mean, axis=0, kind="stable")[:count]
    empty = TOP - count
    rows = np.pad(order + start, ((0, empty), (0, 0)), constant_values=-1).astype(np.int64)
    values = np.take_along_axis(mean, order, axis=0)
    return Seen(
        rows,
        np.pad(values, ((0, empty), (0, 0)), constant_values=np.nan).astype(np.float32),
        low.min(axis=0),
        high.max(axis=0),
        ((low == 0) & (high == 0)).sum(axis=0).astype(np.int64),
        (low > 0).sum(axis=0).astype(np.int64),
        len(mean),
    )


def merged(blocks: Sequence[Seen]) -> Seen:
    """Several blocks as one; of equal answers the earlier patch comes first."""
    values = np.concatenate([block.values for block in blocks])
    rows = np.concatenate([block.rows for block in blocks])
    order = np.argsort(np.where(np.isnan(values), np.inf, -values), axis=0, kind="stable")[:TOP]
    return Seen(
        np.take_along_axis(rows, order, axis=0),
        np.take_along_axis(values, order, axis=0),
        np.min([block.low for block in blocks], axis=0),
        np.max([block.high for block in blocks], axis=0),
        np.sum([block.silent for block in blocks], axis=0),
        np.sum([block.always for block in blocks], axis=0),
        sum(block.patches for block in blocks),
    )


_NAMES = ("rows", "values", "low", "high", "silent", "always")


def _save(file: Path, block: Seen) -> None:
    arrays = {name: getattr(block, name) for name in _NAMES}

    def write(target: BinaryIO) -> None:
        np.savez(target, patches=np.int64(block.patches), **arrays)

    write_with(file, write)


def _saved(file: Path, patches: int) -> Seen | None:
    try:
        found = read_arrays(file)
        block = Seen(**{name: found[name] for name in _NAMES}, patches=int(found["patches"]))
    except (KeyError, Refusal):
        return None  # it is looked at again
    return block if block.patches == patches else None
