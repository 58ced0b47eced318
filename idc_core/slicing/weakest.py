"""Which slice is weakest, without naming one that merely looks so.

A slice is named if it rests on enough patches and patients and the 95 % interval of its difference
from the rest lies below 0; of those the one with the lowest figure. Looking at many slices finds
some below by chance: `by_chance` says how many to expect.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idc_core.slicing.table import Slice


@dataclass(frozen=True, slots=True)
class Weakest:
    """`found`: the weakest slice, or None; `lowest`: the lowest figure, sure or not;
    `compared`: how many slices were judged."""

    found: Slice | None
    lowest: Slice | None
    compared: int

    @property
    def by_chance(self) -> float:
        """Slices that would fall below the rest if all were alike: 2.5 % of those compared."""
        return 0.025 * self.compared


def weakest_of(slices: Iterable[Slice]) -> Weakest:
    """Compare those that are defined and not small."""
    fit = [each for each in slices if not each.small and math.isfinite(each.figure.value)]
    # An attribute with one value splits nothing: its slice is the whole.
    fit = [each for each in fit if math.isfinite(each.difference.value)]
    surely = [each for each in fit if each.difference.high < 0]
    return Weakest(_lowest(surely), _lowest(fit), len(fit))


def _lowest(slices: Sequence[Slice]) -> Slice | None:
    return min(slices, key=lambda each: (each.figure.value, each.key), default=None)
