"""A label for each square from the shares of it that are outlined; none where nobody outlined."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from idc_core.annotations.classes import Role
from idc_core.annotations.squares import TOUCH, Shares
from idc_core.io.refusal import Refusal


class Label(IntEnum):
    """0 and 1 as everywhere; below 0 is no label."""

    POSITIVE = 1
    NEGATIVE = 0
    UNDECIDED = -1
    """On a border: partly positive, or partly outlined."""
    UNKNOWN = -2
    """Nobody annotated it."""
    EXCLUDED = -3


Labels = npt.NDArray[np.int8]
"""Of `Label`, shape (rows, columns)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of a square's area, 0 to 1.

    `positive_from`: least share of the positive class in a positive square; `negative_to`: largest
    in a negative one; `annotated_from`: least share that must be outlined as negative, or lie in a
    region of interest, before a square without a positive is called negative.
    """

    positive_from: float = 0.8
    negative_to: float = 0.0
    annotated_from: float = 0.8

    def __post_init__(self) -> None:
        if not (0 <= self.negative_to < self.positive_from <= 1 and 0 < self.annotated_from <= 1):
            raise Refusal(
                "expected shares from 0 to 1, that of a negative square below that of a positive: "
                f"found {self.negative_to:g} and {self.positive_from:g}, annotated from "
                f"{self.annotated_from:g}."
            )


def labels(shares: Mapping[Role, Shares], thresholds: Thresholds, *, exhaustive: bool) -> Labels:
    """A `Label` for each square; a role that `shares` lacks covers nothing.

    `exhaustive`: all that is positive on the slide is outlined, so that the rest is negative.
    Otherwise a square is negative only where `annotated_from` of it is outlined as negative or lies
    in a region of interest. Positive and negative shares must not overlap (`overlaps.settle`).
    """
    if not shares:
        raise Refusal("expected the shares of at least one role: found none.")
    nothing = np.zeros_like(next(iter(shares.values())))
    positive = shares.get(Role.POSITIVE, nothing)
    annotated = np.maximum(shares.get(Role.NEGATIVE, nothing), shares.get(Role.ROI, nothing))
    is_without = positive < thresholds.negative_to + TOUCH
    is_annotated = np.full(nothing.shape, exhaustive) | (
        annotated >= thresholds.annotated_from - TOUCH
    )
    found = np.full(nothing.shape, Label.UNKNOWN, np.int8)
    found[(positive > 0) | (annotated > 0)] = Label.UNDECIDED
    found[is_without & is_annotated] = Label.NEGATIVE
    found[positive >= thresholds.positive_from - TOUCH] = Label.POSITIVE
    found[shares.get(Role.EXCLUDE, nothing) > 0] = Label.EXCLUDED
    return found


def counts(found: Labels) -> dict[Label, int]:
    """How many squares have each label, also those that none has."""
    return {label: int(np.count_nonzero(found == label)) for label in Label}
