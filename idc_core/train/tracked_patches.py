"""Validation patches whose scores are kept after every epoch, so that each can be followed.

| file | what |
|---|---|
| `watched.parquet` | the patches: patient, x, y, label, file |
| `watched_scores.f16` | their scores, one row per epoch, float16, only ever appended to |

The patches depend on the data alone, so that two runs on the same data watch the same ones.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.refusal import Refusal

MOST_PATCHES = 4000
PATCHES, SCORES = "watched.parquet", "watched_scores.f16"

COURSES = ("always right", "learned", "forgotten", "never learned")
"""What became of a watched patch, see `fates`."""

Half = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Tracked:
    """`patches` has a row per patch, `scores` is (epochs, patches); `nan` where an epoch is
    lost."""

    patches: pd.DataFrame
    scores: Half


def thinned(count: int) -> npt.NDArray[np.int64]:
    """Places, among so many validation patches, of those to watch: all, or `MOST_PATCHES` of them.

    >>> thinned(3)
    array([0, 1, 2])
    """
    if count <= MOST_PATCHES:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST_PATCHES, replace=False))


def save_patches(run_folder: Path, index: pd.DataFrame, validation: npt.NDArray[np.int64]) -> None:
    """Write down who is watched of the given rows of `index`, unless that was done."""
    if (run_folder / PATCHES).is_file():
        return
    rows = validation[thinned(len(validation))]
    table = index.iloc[rows][[*place_of(index), "label", "file"]].reset_index(drop=True)
    write_parquet(run_folder / PATCHES, table)


def append_scores(run_folder: Path, epoch: int, scores: Half) -> None:
    """Add the row of an epoch (from 1) unless it is there; what a kill tore off is cut first, an
    epoch that is missing before it is filled with `nan`."""
    file, size = run_folder / SCORES, scores.astype(np.float16).nbytes
    whole = file.stat().st_size // size if file.is_file() else 0
    if whole >= epoch:
        return
    with file.open("r+b" if file.is_file() else "xb") as opened:
        opened.truncate(whole * size)
        opened.seek(whole * size)
        lost = np.full((epoch - 1 - whole, len(scores)), np.nan, np.float16)
        opened.write(lost.tobytes() + scores.astype(np.float16).tobytes())
        opened.flush()
        os.fsync(opened.fileno())


def read_tracked(run_folder: Path) -> Tracked | None:
    """The watched patches of a run, None where it watched none (older and imported runs)."""
    if not (run_folder / PATCHES).is_file() or not (run_folder / SCORES).is_file():
        return None
    patches = read_parquet(run_folder / PATCHES)
    if not len(patches):
        return None
    flat = np.frombuffer((run_folder / SCORES).read_bytes(), np.uint8)
    epochs = flat.size // (2 * len(patches))
    scores = flat[: epochs * 2 * len(patches)].view(np.float16).reshape(epochs, len(patches))
    if np.any((scores < 0) | (scores > 1)):
        raise Refusal(f"expected scores from 0 to 1 in {run_folder / SCORES}: found others.")
    return Tracked(patches, scores)


def fates(
    labels: npt.NDArray[np.int8], scores: Half, thresholds: npt.NDArray[np.float64]
) -> pd.DataFrame:
    """What became of each patch up to the last of the given epochs.

    `scores` (epochs, patches), `thresholds` one per epoch, so that a threshold that drifts is not
    taken for forgetting. Columns: `fate` (one of `COURSES`), `right` (share of epochs), `turns`
    (changes between right and wrong), `since` (first epoch, from 1, since when it stayed as it is).

    "learned" is right at the end and was wrong before, "forgotten" is wrong at the end and was
    right before (Toneva et al. 2019, An empirical study of example forgetting).

    >>> fates(np.array([1, 0], np.int8), np.array([[.2, .1], [.9, .8]], np.float16),
    ...       np.array([.5, .5]))["fate"].tolist()
    ['learned', 'forgotten']
    """
    right = (scores >= thresholds[:, None]) == (labels == 1)
    last, ever, never = right[-1], right.any(0), (~right).any(0)
    kind = np.select([last & ~never, last, ever], [COURSES[0], COURSES[1], COURSES[2]], COURSES[3])
    turns = (right[1:] != right[:-1]).sum(0)
    changed = np.vstack([np.ones((1, right.shape[1]), bool), right[1:] != right[:-1]])
    since = len(right) - np.argmax(changed[::-1], axis=0)
    return pd.DataFrame({"fate": kind, "right": right.mean(0), "turns": turns, "since": since})
