"""A running average of the weights, which is judged and kept in place of the last step's weights.

It is smoother than the weights themselves (Polyak & Juditsky, 1992), so that the best epoch is less
of a lottery. Moving means and variances of batch norm are averaged along.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np

from idc_core.nn.checkpoint import Array, assign, values

EVERY = 8
"""Steps from one update to the next: as smooth, at an eighth of the cost."""


class Average:
    """The average of some variables; with `decay` 0 it is the variables themselves."""

    def __init__(self, variables: Sequence[keras.Variable], decay: float) -> None:
        self.variables = variables
        self.decay = decay
        self.arrays: list[Array] = values(variables) if decay else []

    def update(self, step: int) -> None:
        """Take in the weights after a step (from 0); early steps are forgotten sooner."""
        if not self.decay or step % EVERY:
            return
        taken = step // EVERY
        keep = np.float32(min(self.decay**EVERY, (1 + taken) / (10 + taken)))
        for average, value in zip(self.arrays, values(self.variables), strict=True):
            average *= keep
            average += (1 - keep) * value

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The variables hold the average for as long as this lasts."""
        if not self.decay:
            yield
            return
        kept = values(self.variables)
        assign(self.variables, self.arrays)
        try:
            yield
        finally:
            assign(self.variables, kept)
