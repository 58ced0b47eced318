"""The same patch in its eight positions: a sound answer does not depend on how it lies.

Tissue has no up and no left, so the eight flips and quarter turns are the same evidence. Their
spread is a lower bound of what the answer's uncertainty can be, not the whole of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Patches = npt.NDArray[np.uint8]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Scores of the eight positions, the patch as it came first."""

    scores: Scores

    @property
    def mean(self) -> float:
        return float(self.scores.mean())

    @property
    def low(self) -> float:
        return float(self.scores.min())

    @property
    def high(self) -> float:
        return float(self.scores.max())

    def called(self, threshold: float) -> int:
        """How many of the eight are predicted IDC."""
        return int((self.scores >= threshold).sum())


def positions(patch: Patches) -> Patches:
    """The eight positions of a patch (side, side, 3), (8, side, side, 3), itself first."""
    turned = [np.rot90(patch, turns) for turns in range(4)]
    return np.stack([*turned, *(each[:, ::-1] for each in turned)])


def spread(score: Callable[[Patches], Scores], patch: Patches) -> Spread:
    """Scores of one patch in its eight positions."""
    return Spread(score(positions(patch)))
