"""From labels to what a network is to learn: smoothed, mixed, or as a teacher scores the patch.

The labels of this data set are outlines drawn with a broad pen, so that a patch at their border is
as often wrong as right. A soft target says so; a teacher says where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.store import Patches

Targets = npt.NDArray[np.float32]
"""(n, 2): what to learn, from 0 to 1, and the label itself, by which the network is judged."""

Teacher = Callable[[Patches], npt.NDArray[np.floating[Any]]]
"""Patches (n, 50, 50, 3) to scores (n,)."""


@dataclass(frozen=True)
class TargetRule:
    """How labels become targets; as it is made here they stay as they are.

    - `smoothing`: this share of every label is taken for a coin toss (Szegedy et al. 2016)
    - `mixup`: patches are blended in pairs, with shares drawn from Beta(mixup, mixup), and so are
      their labels (Zhang et al. 2018); 0: none are
    - `teacher`, `trust`: this share of the target is the teacher's score of the very pixels that
      the network sees (Hinton et al. 2015; Beyer et al. 2022: the same view for both)
    """

    smoothing: float = 0.0
    mixup: float = 0.0
    teacher: Teacher | None = None
    trust: float = 1.0

    def softened(
        self, patches: Patches, labels: npt.NDArray[np.int8], draw: np.random.Generator
    ) -> tuple[Patches, Targets]:
        """The patches to show and their targets; a blend is judged by its larger part.

        >>> plain = TargetRule(smoothing=0.1)
        >>> plain.softened(np.zeros((2, 50, 50, 3), np.uint8), np.array([0, 1]),
        ...              np.random.default_rng(0))[1].tolist()
        [[0.05000000074505806, 0.0], [0.949999988079071, 1.0]]
        """
        label = labels.astype(np.float32)
        learn = label
        if self.mixup:
            own = draw.beta(self.mixup, self.mixup, len(label)).astype(np.float32)
            own = np.maximum(own, 1 - own)
            shares = own[:, None, None, None]
            blended = patches * shares + patches[::-1] * (1 - shares)
            patches = np.rint(blended).astype(np.uint8)
            learn = own * label + (1 - own) * label[::-1]
        if self.smoothing:
            learn = (1 - self.smoothing) * learn + self.smoothing * np.float32(0.5)
        if self.teacher is not None:
            learn = (1 - self.trust) * learn + self.trust * self.teacher(patches)
        return patches, np.stack([learn, label], axis=1).astype(np.float32)
