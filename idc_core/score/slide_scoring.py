"""Score the patches of an image: one thread reads ahead, this one scores, memory stays bounded."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.stores.codec import through
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Codec
from idc_core.score.scoring import BATCH, Scorer
from idc_core.wsi.cutting import Cut, Places, cut
from idc_core.wsi.reading import TissueImage
from idc_core.wsi.source import Pixels
from idc_core.wsi.tiling import Plan, plan

TARGET_UM = 4.0
"""µm per pixel of the IDC patches: 40x (0.25 µm) reduced 16:1, as remembered; to be verified. Taken
where a run does not say what it was trained at."""

AHEAD = 4
"""Blocks that may wait to be scored: 64 patches each."""


@dataclass(frozen=True)
class Scored:
    """`rows`: x, y (as in the IDC data), score (raw), tissue; `patches` (n, side, side, 3) in the
    same order, as the network saw them; `seconds` from the first reading to the last score."""

    rows: pd.DataFrame
    patches: Pixels
    plan: Plan
    target_um: float
    seconds: float
    note: str


def score_image(
    image: TissueImage,
    scorer: Scorer,
    *,
    target_um: float = TARGET_UM,
    codec: Codec | None = None,
    progress: TellStage | None = None,
    keep_in: Path | None = None,
) -> Scored:
    """Score all squares with tissue, row after row; with `keep_in` the patches lie in that file.

    Squares are those that the network takes, at `target_um`; `codec`: what those that it learnt
    from went through (`Raster.codec`), so that a slide has the scores of a store cut from it.

    Raises `Refusal` where the image is damaged or holds no tissue; what `progress` raises ends it.
    """
    tell = progress or (lambda doing, done, of: None)
    tell("look for tissue", 0, 0)
    side = scorer.side
    laid = plan(image, target_um, side)
    count = int(laid.kept.sum())
    refuse_bare(image, laid)
    number = np.cumsum(laid.kept.ravel()).reshape(laid.kept.shape) - 1
    shape = (count, side, side, 3)
    patches: Pixels = (
        np.empty(shape, np.uint8)
        if keep_in is None
        else np.lib.format.open_memmap(keep_in, mode="w+", dtype=np.uint8, shape=shape)
    )
    scores = np.empty(count, np.float64)
    started, done = time.monotonic(), 0
    for block in scored_blocks(image, laid, scorer, codec):
        here = number[block.places[:, 1], block.places[:, 0]]
        patches[here], scores[here] = block.patches, block.scores
        done += len(here)
        tell("score", done, count)
    seconds = time.monotonic() - started
    column, row = laid.places.T
    rows = pd.DataFrame(
        {
            "x": (column * side + 1).astype(np.int32),
            "y": (row * side + 1).astype(np.int32),
            "score": scores,
            "tissue": laid.tissue[row, column],
        }
    )
    return Scored(rows, patches, laid, target_um, seconds, image.note)


@dataclass(frozen=True, slots=True)
class ScoredBlock:
    """Patches (n, side, side, 3) as the network saw them, their places (n, 2), column and row from
    0, and their raw scores (n,)."""

    places: Places
    patches: Pixels
    scores: npt.NDArray[np.float64]


def scored_blocks(
    image: TissueImage,
    laid: Plan,
    scorer: Scorer,
    codec: Codec | None,
    *,
    batch: int = BATCH,
) -> Iterator[ScoredBlock]:
    """The squares with tissue, a block at a time; one block is in memory, and `AHEAD` wait."""
    for block in _ahead(image, laid):
        kept = through(block.patches, block.true_sizes, codec)
        yield ScoredBlock(block.places, kept, scorer.score(kept, batch=batch))


def refuse_bare(image: TissueImage, laid: Plan) -> None:
    """Raise `Refusal` where no square holds enough tissue."""
    if not laid.kept.any():
        raise Refusal(
            f"expected stained tissue in {image.path.name}: no square of {laid.columns} × "
            f"{laid.rows} holds enough of it."
        )


def _ahead(image: TissueImage, laid: Plan) -> Iterator[Cut]:
    """Blocks read by another thread; what it raises is raised here."""
    waiting: queue.Queue[Cut | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()

    def read() -> None:
        try:
            for block in cut(image, laid):
                if stop.is_set():
                    break
                waiting.put(block)
            waiting.put(None)
        except BaseException as broken:
            waiting.put(broken)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while (found := waiting.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stop.set()
        while reader.is_alive():  # one that waits for room is let go
            with suppress(queue.Empty):
                waiting.get(timeout=0.05)
