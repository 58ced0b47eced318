"""What is scored at a time, a slide or a part of a patch store, and the pure function that does it.

The same content, network, settings and kind of processor give the same table to the byte, whoever
asks: patches go through the network in batches of a fixed size, in the order in which they are cut.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa

from idc_core.batch.processor import packages
from idc_core.cut.one_slide import MOST_SQUARES
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Codec
from idc_core.score.scoring import BATCH, Scorer
from idc_core.score.slide_scoring import refuse_bare, scored_blocks
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from idc_core.wsi.tissue import TissueRule

STORE_ROWS = 4_096
"""Patches of a store that are scored at a time; a multiple of `BATCH`."""


@dataclass(frozen=True, slots=True)
class SlideUnit:
    """A slide; `um`: µm of a pixel of its finest level where it was given."""

    slide: str
    patient: str
    file: Path
    um: float | None = None

    def files(self) -> list[Path]:
        """All files that the slide consists of."""
        return sorted(_files_of(self.file))


@dataclass(frozen=True, slots=True)
class StorePart:
    """Rows `start` to `stop` (from 0, the last not among them) of the store in the folder `file`;
    `fingerprint` is the store's."""

    file: Path
    fingerprint: str
    start: int
    stop: int

    @property
    def slide(self) -> str:
        """As it is called in a message."""
        return f"rows {self.start + 1:,} to {self.stop:,} of {self.file.name}"


Unit = SlideUnit | StorePart


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """How patches are cut and scored: `um` per pixel, what they go through (`Raster.codec`), and
    the `packages` that do it."""

    um: float
    codec: Codec | None
    rule: TissueRule = field(default_factory=TissueRule)
    batch: int = BATCH
    packages: tuple[tuple[str, str], ...] = field(
        default_factory=lambda: tuple(sorted(packages().items()))
    )

    def digest(self, unit: Unit) -> str:
        """The same where `unit` would get the same scores: SHA-256, as hex."""
        given = unit.um if isinstance(unit, SlideUnit) else None
        said = (self.um, self.codec, self.rule, self.batch, self.packages, given)
        return sha256(repr(said).encode()).hexdigest()


def parts_of(store: PatchStore) -> list[StorePart]:
    """A store in parts of `STORE_ROWS` patches."""
    rows = len(store.index)
    return [
        StorePart(store.path, store.fingerprint, start, min(start + STORE_ROWS, rows))
        for start in range(0, rows, STORE_ROWS)
    ]


def content_digest(unit: Unit) -> str:
    """SHA-256 of what the unit holds, as hex; raises `OSError` where it cannot be read."""
    if isinstance(unit, StorePart):
        said = json.dumps([unit.fingerprint, unit.start, unit.stop])
        return sha256(said.encode()).hexdigest()
    files = unit.files()
    if files == [unit.file]:
        return sha256_of(unit.file)
    each = [f"{file.name} {sha256_of(file)}" for file in files]
    return sha256("\n".join(each).encode()).hexdigest()


def score_unit(unit: Unit, scorer: Scorer, settings: ScoreSettings) -> pa.Table:
    """Raw scores of a unit's patches, a row each.

    Of a slide all squares with tissue, row after row: x, y (int32, from 1, as in a store), score
    (float64), tissue (float32, share of the square); of a part of a store its score. Raises
    `Refusal` where a slide cannot be read, is too coarse, or holds no tissue.
    """
    if isinstance(unit, StorePart):
        rows = _store(unit.file, unit.fingerprint).patches[unit.start : unit.stop]
        return pa.table({"score": scorer.score(rows, batch=settings.batch)})
    with open_image(unit.file, unit.um) as image:
        laid = plan(image, settings.um, scorer.side, rule=settings.rule, most=MOST_SQUARES)
        refuse_bare(image, laid)
        score = np.full((laid.rows, laid.columns), np.nan)
        for block in scored_blocks(image, laid, scorer, settings.codec, batch=settings.batch):
            score[block.places[:, 1], block.places[:, 0]] = block.scores
    row, column = np.nonzero(laid.kept)
    return pa.table(
        {
            "x": (column * scorer.side + 1).astype(np.int32),
            "y": (row * scorer.side + 1).astype(np.int32),
            "score": score[row, column],
            "tissue": laid.tissue[row, column].astype(np.float32),
        }
    )


@lru_cache(maxsize=2)
def _store(folder: Path, fingerprint: str) -> PatchStore:
    found = open_store(folder)
    if found.fingerprint != fingerprint:
        raise Refusal(
            f"expected the store {folder.name} as it was when the scoring began: it has changed "
            "since. Give the command again."
        )
    return found


def _files_of(slide: Path) -> Iterator[Path]:
    if slide.is_dir():  # DICOM
        yield from (each for each in slide.iterdir() if each.is_file())
        return
    yield slide
    if slide.suffix.lower() == ".mrxs" and slide.with_suffix("").is_dir():
        yield from (each for each in slide.with_suffix("").iterdir() if each.is_file())
    elif slide.suffix.lower() in {".vms", ".vmu"}:  # its pictures bear its name
        yield from (each for each in slide.parent.glob(f"{slide.stem}*") if each != slide)
