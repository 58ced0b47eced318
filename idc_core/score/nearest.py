"""Patches that look alike to a network: the nearest ones, and a map of all."""

import numpy as np
import numpy.typing as npt

from idc_core.score.embeddings import Embeddings

CHUNK = 32_768
SAMPLE = 20_000
"""Patches that the axes of a map are found on; more change them little."""


def nearest(
    embeddings: "Embeddings | npt.NDArray[np.float32]",
    row: int,
    count: int,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The `count` rows most like `row` and their cosines, nearest first; `row` itself is left out.

    Exact: every row is compared, in parts; float32 rows need no conversion and are quicker.
    `allowed` (n,) says which rows may be answered. Fewer come where fewer are allowed.
    """
    if not 0 <= row < len(embeddings):
        raise ValueError(f"expected a row from 0 to {len(embeddings) - 1}: found {row}.")
    asked = np.asarray(embeddings[row], np.float32)
    cosine = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), CHUNK):
        part = embeddings[start : start + CHUNK].astype(np.float32, copy=False)
        cosine[start : start + CHUNK] = part @ asked
    cosine[row] = -np.inf
    if allowed is not None:
        cosine[~allowed] = -np.inf
    count = min(count, int(np.isfinite(cosine).sum()))
    some = np.argpartition(-cosine, max(count - 1, 0))[:count]
    # Of equals the first row, so that the answer is always the same.
    order = some[np.lexsort((some, -cosine[some]))]
    return order, cosine[order]


def flat_map(embeddings: Embeddings, seed: int = 0) -> tuple[npt.NDArray[np.float32], float]:
    """Places of all rows on the two axes along which they differ most (principal components), and
    the share of all differences that these show, 0 to 1.

    The sign of an axis is fixed: its largest part is positive.
    """
    if len(embeddings) < 3:
        return np.zeros((len(embeddings), 2), np.float32), 0.0
    random = np.random.default_rng(seed)
    some = np.sort(random.permutation(len(embeddings))[:SAMPLE])
    sample = embeddings[some].astype(np.float64)
    middle = sample.mean(axis=0)
    values, axes = np.linalg.eigh(np.atleast_2d(np.cov(sample - middle, rowvar=False)))
    axes = axes[:, ::-1][:, :2]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, range(axes.shape[1])])
    shown = float(values[::-1][:2].sum() / values.sum()) if values.sum() > 0 else 0.0
    places = np.zeros((len(embeddings), 2), np.float32)
    for start in range(0, len(embeddings), CHUNK):
        part = embeddings[start : start + CHUNK].astype(np.float64) - middle
        places[start : start + CHUNK, : axes.shape[1]] = part @ axes
    return places, shown
