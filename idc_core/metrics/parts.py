"""The interval of a figure from the intervals of its parts.

Leaving a patient out says nothing of a part on which every patient agrees: where all IDC is missed
and nothing else is called, balanced accuracy is 0.5 without any patient, and yet sensitivity and
specificity have wide intervals. With parts that each raise the figure, its lower end lies below it
by the root of the summed squares of what each part's lower end takes away, and likewise above
(“square and add”: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I;
Zou & Donner 2008, 10.1002/sim.3095, who call it MOVER).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from idc_core.metrics.leave_one_out import Bounds, Interval, Numbers

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Composed:
    """`of` (parts' values and the prevalence) gives the figure; it rises with each of `parts`, and
    is a `sum` where what one part adds does not hang on the others, nor on the prevalence."""

    parts: tuple[str, ...]
    of: Callable[[Sequence[float], float], float]
    sum: bool = False


def mean_of(parts: Sequence[float], prevalence: float) -> float:
    """Balanced accuracy from sensitivity and specificity."""
    return (parts[0] + parts[1]) / 2


def f1_of(parts: Sequence[float], prevalence: float) -> float:
    """F1 from precision and sensitivity."""
    precise, found = parts
    return 2 * precise * found / (precise + found) if precise + found > 0 else 0.0


def accuracy_of(parts: Sequence[float], prevalence: float) -> float:
    """Accuracy from sensitivity and specificity."""
    found, alone = parts
    return prevalence * found + (1 - prevalence) * alone


def mcc_of(parts: Sequence[float], prevalence: float) -> float:
    """Matthews correlation from sensitivity and specificity."""
    found, alone = parts
    called = _called(found, alone, prevalence)
    spread = math.sqrt(called * (1 - called))
    odds = math.sqrt(prevalence * (1 - prevalence))
    return odds * (found + alone - 1) / spread if spread > 0 else 0.0


def _called(found: float, alone: float, prevalence: float) -> float:
    return prevalence * found + (1 - prevalence) * (1 - alone)


def square_and_add(
    figure: Callable[[Sequence[float]], float], parts: Sequence[Interval]
) -> tuple[float, float]:
    """Lower and upper end of a figure that rises with every part; `nan` if a part has no ends.

    No further than where all parts are at their ends together.

    >>> low, high = square_and_add(sum, [Interval(0.5, 0.2, 0.7), Interval(0.4, 0.0, 0.9)])
    >>> round(low, 3), round(high, 3)
    (0.4, 1.439)
    """
    values = [part.value for part in parts]
    value = figure(values)
    ends = []
    for sign, side in ((-1, [part.low for part in parts]), (1, [part.high for part in parts])):
        moved = [
            figure([*values[:at], end, *values[at + 1 :]]) - value for at, end in enumerate(side)
        ]
        ends.append(value + sign * min(math.hypot(*moved), abs(figure(side) - value)))
    return ends[0], ends[1]


def widened(
    composed: Composed,
    found: Interval,
    parts: Mapping[str, Interval],
    counts: Numbers,
    within: Bounds,
) -> Interval:
    """A composed rate whose own interval is blind to a part that lies on a bound: the wider of it
    and its parts'; its parts' alone for a sum of parts that all do.

    `counts`: tn, fp, fn, tp a patient. As it is with all parts off the bounds.
    """
    if not math.isfinite(found.value):
        return found
    own = [parts[part] for part in composed.parts]
    bound = [_at_bound(part.value) for part in own]
    if not any(bound):
        return found
    total = counts.sum(axis=0)
    prevalence = float((total[2] + total[3]) / total.sum())
    low, high = square_and_add(lambda values: composed.of(values, prevalence), own)
    low, high = max(low, within[0]), min(high, within[1])  # rounding may leave the bounds
    if not math.isfinite(low + high):
        return found
    if composed.sum and all(bound) and not _at_bound(found.value):
        return Interval(found.value, low, high)
    return Interval(found.value, min(low, found.low), max(high, found.high))


def _at_bound(share: float) -> bool:
    return bool(np.isfinite(share)) and (share < _ROUNDING or share > 1 - _ROUNDING)
