"""How many sorted scores lie below a threshold: the one question behind every count.

Scores may be kept in single precision, as files hold them; a threshold is a number in double
precision. Comparing in single precision would round the threshold and count another patch, and
turning ten million scores into doubles at every question would take longer than the search. So the
threshold is lifted to the next number of the scores' own precision, which asks the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Sorted = npt.NDArray[np.floating[Any]]
Counts = npt.NDArray[np.int64]


def lifted(thresholds: npt.ArrayLike, like: Sorted) -> Sorted:
    """The smallest numbers of the precision of `like` that are not below the thresholds.

    >>> float(lifted(0.1, np.zeros(1, np.float32))) >= 0.1
    True
    """
    wanted = np.asarray(thresholds, dtype=np.float64)
    near: Sorted = wanted.astype(like.dtype)
    short = near.astype(np.float64) < wanted
    return np.where(short, np.nextafter(near, like.dtype.type(np.inf)), near)


def lifted_one(threshold: float, like: Sorted) -> "np.floating[Any]":
    """The same for one threshold, without the time that an array takes.

    Scores lie in [0, 1], so any threshold beyond is as good as the next number outside.
    """
    kind = like.dtype.type
    near: np.floating[Any] = kind(max(-1.0, min(threshold, 2.0)))
    return np.nextafter(near, kind(np.inf)) if float(near) < threshold <= 2 else near


def below(scores: Sorted, thresholds: npt.ArrayLike) -> Counts:
    """How many of the sorted `scores` are below each threshold; the shape of `thresholds`."""
    return np.asarray(np.searchsorted(scores, lifted(thresholds, scores), side="left"), np.int64)


def nth_of_both(one: Sorted, other: Sorted, place: int) -> float:
    """The score at a place, counted from 0, among two sorted arrays, which are not merged.

    >>> nth_of_both(np.array([0.1, 0.4]), np.array([0.2]), 1)
    0.2
    """
    low, high = max(0, place + 1 - len(other)), min(place + 1, len(one))
    while low < high:
        middle = (low + high) // 2
        if other[place - middle] > one[middle]:
            low = middle + 1
        else:
            high = middle
    taken = (one, low), (other, place + 1 - low)
    return max(float(scores[many - 1]) for scores, many in taken if many)


@dataclass(frozen=True, slots=True)
class Segments:
    """Scores of many owners one after the other, sorted within each.

    `starts` has a place more than there are owners: owner i has `scores[starts[i]:starts[i + 1]]`.
    """

    scores: Sorted
    starts: Counts

    def below(self, threshold: float) -> Counts:
        """How many scores of each owner are below the threshold, shape (owners,).

        One binary search for all owners at once: as many rounds as the largest needs.
        """
        low, high = self.starts[:-1].copy(), self.starts[1:].copy()
        if not len(self.scores):
            return low
        cut = lifted(threshold, self.scores)
        last = len(self.scores) - 1
        for _ in range(int(np.max(high - low)).bit_length()):
            middle = (low + high) >> 1
            # A search that is done stands still: its middle is its end, which must not be read.
            less = (self.scores[np.minimum(middle, last)] < cut) & (low < high)
            low = np.where(less, middle + 1, low)
            high = np.where(less, high, middle)
        return low - self.starts[:-1]


def segments(scores: Sorted, owner: Counts, owners: int) -> Segments:
    """Sort the scores of each owner; `owner` holds rising numbers from 0 to `owners` - 1."""
    starts = np.searchsorted(owner, np.arange(owners + 1)).astype(np.int64)
    ordered = scores.copy()
    for first, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        ordered[first:end].sort()
    return Segments(ordered, starts)
