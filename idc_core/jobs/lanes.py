"""Lanes of the queue: jobs of one are done one after the other, beside those of the others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lane:
    """`queue`: its name in Huey's file. `nice`: how far its processes stand back for all others.
    `patience`: seconds that one has to end after it was asked to."""

    queue: str
    nice: int = 0
    patience: float = 10.0


USUAL = Lane("idc")
TRAININGS = Lane("idc-trainings", nice=5, patience=900.0)
"""They take hours. One that is validating ends after that, with its epoch."""
LANES = (USUAL, TRAININGS)
