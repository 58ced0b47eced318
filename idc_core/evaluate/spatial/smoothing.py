"""Scores that listen to their neighbours: an option, off unless somebody takes it.

A patch's score becomes `(1 - strength) · score + strength · mean of its exported neighbours`; one
without neighbours keeps its own. The strength is chosen on the whole slides of validation, by
ROC-AUC, and never on what it is judged on.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.evaluate.spatial.neighbours import Neighbours, mean_of
from idc_core.metrics.curves import Ranked

STRENGTHS = tuple(round(0.1 * step, 1) for step in range(10))


@dataclass(frozen=True)
class Chosen:
    """The strength with the highest ROC-AUC on validation, and what each strength reaches there."""

    strength: float
    areas: dict[float, float]


def smoothed(
    score: npt.ArrayLike, neighbours: Neighbours, strength: float
) -> npt.NDArray[np.float64]:
    """The scores (n,) after smoothing; `strength` from 0 (nothing changes) to 1.

    Raises `ValueError` for any other strength.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"expected a strength from 0 to 1: found {strength}.")
    own = np.asarray(score, np.float64)
    around = mean_of(neighbours, own)
    mixed = (1 - strength) * own + strength * around
    return np.where(np.isnan(around), own, mixed)


def choose(label: npt.ArrayLike, score: npt.ArrayLike, neighbours: Neighbours) -> Chosen:
    """The strength to take, from the patches of validation's whole slides.

    Of equals the weakest. Raises `ValueError` without patches of both classes.
    """
    labels = np.asarray(label)
    if len(np.unique(labels)) != 2:
        raise ValueError("expected patches of both classes to choose a strength: found one class.")
    areas = {
        strength: Ranked(labels, smoothed(score, neighbours, strength)).roc_auc
        for strength in STRENGTHS
    }
    return Chosen(max(areas, key=lambda strength: (round(areas[strength], 6), -strength)), areas)
