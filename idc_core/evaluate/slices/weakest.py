"""Which slice is weakest, without naming one that merely looks so.

A slice is named if it rests on enough patches and patients and is shown to lie below the rest when
all slices are judged together: where none does, at most one split in twenty has one named
(`simultaneous`). Of those shown, the one with the lowest figure.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from idc_core.evaluate.slices.table import Slice
from idc_core.metrics.catalogue import moves_with_prevalence
from idc_core.metrics.simultaneous import together


@dataclass(frozen=True, slots=True)
class Weakest:
    """`found`: the weakest slice, or None; `lowest`: the lowest figure, sure or not;
    `compared`: how many slices were judged; `ranked`: whether the figure can rank slices at all."""

    found: Slice | None
    lowest: Slice | None
    compared: int
    ranked: bool = True


def weakest_of(slices: Iterable[Slice]) -> Weakest:
    """Compare those that are defined and not small; by a figure that does not hang on how much of a
    slice is IDC."""
    fit = [each for each in slices if not each.small and math.isfinite(each.figure.value)]
    # An attribute with one value splits nothing: its slice is the whole.
    fit = [each for each in fit if math.isfinite(each.difference.value) and len(each.left_out)]
    if any(moves_with_prevalence(each.metric) for each in fit):
        return Weakest(None, _lowest(fit), len(fit), ranked=False)
    if not fit:
        return Weakest(None, None, 0)
    judged = together(
        [each.difference.value for each in fit],
        np.stack([each.left_out for each in fit], axis=1),
        only_below=True,
    )
    surely = [each for each, below in zip(fit, judged.below.tolist(), strict=True) if below]
    return Weakest(_lowest(surely), _lowest(fit), len(fit))


def _lowest(slices: Sequence[Slice]) -> Slice | None:
    return min(slices, key=lambda each: (each.figure.value, each.key), default=None)
