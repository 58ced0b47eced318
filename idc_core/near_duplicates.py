"""Patches that show the same tissue though their bytes differ: copied, re-coded, made brighter.

Byte-identical patches are found when a data set is prepared. Here each patch becomes 64 bits, which
neighbour is brighter on an 8 x 9 grid (difference hash), so that re-coding and a change of
brightness leave it as it is. Pairs within `BITS` bits are found without comparing all with all: of
`BITS + 1` parts of the hash at least one must be the same. What is found is proved on the pixels:
two edges of tissue may hash alike, their pixels then do not follow each other.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.store import Patches

BITS = 3
ALIKE = 0.9
"""Correlation of the grey pixels, slightly blurred, that makes a pair one of near-duplicates."""
PLAIN = 6.0
"""A patch whose small picture varies by less (standard deviation) is too plain to tell."""
WHITE, MOSTLY = 220, 0.6
"""A patch with more than this share of its small picture as bright as this is mostly background."""
CROWD = 400
"""Patches that share one part of a hash; larger groups are plain tissue, not copies."""
CHUNK = 2000

Hashes = npt.NDArray[np.uint64]
Progress = Callable[[int, int], None]


def near_duplicates(patches: Patches, progress: Progress | None = None) -> pd.DataFrame:
    """Pairs of rows, `first` < `second`, with the `bits` that differ and the correlation of their
    pixels (`alike`), the most alike first.

    `patches` (n, h, w, 3), read a chunk at a time.
    """
    hashes, small = _described(patches, progress)
    plain = small.std(axis=(1, 2)) < PLAIN
    background = (small >= WHITE).mean(axis=(1, 2)) > MOSTLY
    pairs = _near(hashes, np.flatnonzero(~plain & ~background))
    bits = np.bitwise_count(hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]]).astype(int)
    alike = np.array([_alike(patches[a], patches[b]) for a, b in pairs], np.float64)
    table = pd.DataFrame(
        {"first": pairs[:, 0], "second": pairs[:, 1], "bits": bits, "alike": alike}
    )
    table = table[table["alike"] >= ALIKE]
    return table.sort_values(
        ["alike", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def _alike(one: Patches, other: Patches) -> float:
    """Correlation of two patches (h, w, 3) as grey pictures, blurred a little so that noise and
    coding do not count."""
    a, b = (
        cv2.GaussianBlur(cv2.cvtColor(np.asarray(each), cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
        for each in (one, other)
    )
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def _described(patches: Patches, progress: Progress | None) -> tuple[Hashes, npt.NDArray[np.uint8]]:
    """Hashes (n,) and small grey pictures (n, 8, 9)."""
    hashes = np.empty(len(patches), np.uint64)
    small = np.empty((len(patches), 8, 9), np.uint8)
    weights = (np.uint64(1) << np.arange(64, dtype=np.uint64)).reshape(8, 8)
    for start in range(0, len(patches), CHUNK):
        some = np.asarray(patches[start : start + CHUNK])
        for at, patch in enumerate(some, start):
            grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY)
            small[at] = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
        own = small[start : start + len(some)]
        brighter = own[:, :, 1:] > own[:, :, :-1]
        hashes[start : start + len(some)] = (brighter * weights).sum(axis=(1, 2), dtype=np.uint64)
        if progress is not None:
            progress(start + len(some), len(patches))
    return hashes, small


def _near(hashes: Hashes, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pairs of the given rows within `BITS` bits, each once."""
    found = [np.empty((0, 2), np.int64)]
    for part in range(BITS + 1):
        key = (hashes[rows] >> np.uint64(16 * part)) & np.uint64(0xFFFF)
        order = np.argsort(key, kind="stable")
        ends = np.flatnonzero(np.diff(key[order])) + 1
        for group in np.split(rows[order], ends):
            if 1 < len(group) <= CROWD:
                a, b = np.triu_indices(len(group), 1)
                near = np.bitwise_count(hashes[group[a]] ^ hashes[group[b]]) <= BITS
                found.append(np.stack([group[a[near]], group[b[near]]], axis=1))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
