"""Decoding many patches at once into the mapped pixels of a store.

Threads suffice: reading, decoding and hashing all let go of Python's lock. Pixels go straight into
the file, so that memory holds only the names and one row per patch.
"""

import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.folders.layout import Candidate
from idc_core.data.folders.patch_files import read_patch
from idc_core.data.folders.sources import Reject, Source
from idc_core.data.images import MAX_BYTES, ImageRefused, digest, pad_patch
from idc_core.data.stores.writer import Patches, create_patches, keep_rows
from idc_core.data.twins import blank_twins
from idc_core.io.progress import TellStage
from idc_core.records.raster import USUAL

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Packed:
    """What became of the candidates: an index without its split, and all that is to be counted.

    `blank`: digests that several patches share only because they show nothing. `converted`: how
    many patches came in which other mode. `after_end`: how many files have bytes after their end.
    """

    index: pd.DataFrame
    blank: frozenset[str]
    rejects: list[Reject] = field(default_factory=list)
    converted: Counter[str] = field(default_factory=Counter)
    after_end: int = 0


@dataclass(slots=True)
class _Chunk:
    """One thread's share of the work: rows `start` onwards of the store."""

    start: int
    sizes: list[tuple[int, int]] = field(default_factory=list)  # (0, 0) where rejected
    digests: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    converted: list[str] = field(default_factory=list)
    after_end: int = 0


def pack(
    source: Source,
    candidates: list[Candidate],
    part: Path,
    tell: TellStage,
    threads: int | None = None,
) -> Packed:
    """Decode `candidates`, in their order, into `part/patches.npy`, and reject what is no patch."""
    file = part / "patches.npy"
    patches = create_patches(file, len(candidates), USUAL.patch_px)
    sizes = np.zeros((len(candidates), 2), np.int16)
    digests: list[str] = []
    rejects: list[Reject] = []
    converted: Counter[str] = Counter()
    after_end = 0

    pixels = np.asarray(patches)  # the same memory; a memmap object is slow to index

    def work(start: int) -> _Chunk:
        return _pack_chunk(source, candidates[start : start + _CHUNK], pixels, start)

    pool = ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1))
    try:
        for chunk in pool.map(work, range(0, len(candidates), _CHUNK)):
            sizes[chunk.start : chunk.start + len(chunk.sizes)] = chunk.sizes
            digests.extend(chunk.digests)
            rejects.extend(chunk.rejects)
            converted.update(chunk.converted)
            after_end += chunk.after_end
            tell("packing", len(digests), len(candidates))
    finally:
        # An interrupt must not wait for 277,524 files.
        pool.shutdown(wait=True, cancel_futures=True)
    rows = np.flatnonzero(sizes[:, 0])
    taken = [candidates[row] for row in rows]
    patches.flush()  # type: ignore[attr-defined]
    keep_rows(file, patches, rows)
    index = pd.DataFrame(
        {
            "patient": pd.Series([one.name.patient for one in taken], dtype="str"),
            "x": np.array([one.name.x for one in taken], np.int32),
            "y": np.array([one.name.y for one in taken], np.int32),
            "label": np.array([one.name.label for one in taken], np.int8),
            "width": sizes[rows, 0],
            "height": sizes[rows, 1],
            "file": pd.Series([one.file for one in taken], dtype="str"),
            "digest": pd.Series([digests[row] for row in rows], dtype="str"),
        }
    )
    return Packed(index, blank_twins(index, patches), rejects, converted, after_end)


def _pack_chunk(
    source: Source, candidates: Iterable[Candidate], patches: Patches, start: int
) -> _Chunk:
    chunk = _Chunk(start)
    for row, candidate in enumerate(candidates, start=start):
        try:
            data = source.read(candidate.file, MAX_BYTES + 1)
            decoded = read_patch(data)
        except ImageRefused as refused:
            chunk.rejects.append(Reject(candidate.file, refused.reason, str(refused)))
        except OSError as broken:
            chunk.rejects.append(
                Reject(candidate.file, "unreadable", broken.strerror or str(broken))
            )
        else:
            height, width = decoded.pixels.shape[:2]
            patches[row] = pad_patch(decoded.pixels)
            chunk.sizes.append((width, height))
            chunk.digests.append(digest(decoded.pixels))
            if decoded.converted:
                chunk.converted.append(decoded.converted)
            chunk.after_end += decoded.after_end > 0
            continue
        chunk.sizes.append((0, 0))
        chunk.digests.append("")
    return chunk
