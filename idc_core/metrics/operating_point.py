"""Choosing a threshold by a named rule, from one set of labels and scores.

Choose on validation; apply to test unchanged (STARD 2015, items 12 and 17). Every distinct score is
a candidate, so the choice is exact.
"""

import re
from dataclasses import dataclass

import numpy as np

from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Numbers, Ranked

RULES = ("f1", "youden", "sensitivity>=0.9", "specificity>=0.9")
"""Rules the interface offers; any `sensitivity>=x` or `specificity>=x` is understood."""

DEFAULT_RULE = "f1"
"""The data set is quoted in F1 and balanced accuracy; best F1 balances misses and false alarms."""

_AT_LEAST = re.compile(r"(sensitivity|specificity)>=(0(?:\.\d+)?|1(?:\.0+)?)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold and what it reaches where it was chosen."""

    rule: str
    threshold: float
    sensitivity: float
    specificity: float


def choose(ranked: Ranked, rule: str = DEFAULT_RULE) -> Chosen:
    """The threshold that a rule asks for.

    - `f1`: highest F1 · `youden`: highest sensitivity + specificity - 1 (Youden 1950)
    - `sensitivity>=x`: highest threshold that finds at least the share x of the IDC patches
    - `specificity>=x`: lowest threshold that leaves at least the share x of the others alone

    Of equal ones the lowest threshold is taken, which misses least. Raises `ValueError` for an
    unknown rule, or without patches of both classes.

    >>> choose(Ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), "sensitivity>=0.9").threshold
    0.35
    """
    if not len(ranked.positive) or not len(ranked.negative):
        raise ValueError("expected patches of both classes to choose a threshold: found one class.")
    curve = ranked.curve
    thresholds, found, left = curve.thresholds[1:], curve.sensitivity[1:], curve.specificity[1:]
    at_least = _AT_LEAST.fullmatch(rule)
    if rule == "f1":
        idc = len(ranked.positive)
        called = found * idc + (1 - left) * len(ranked.negative)
        best = _last_best(ratio(2 * found * idc, called + idc))
    elif rule == "youden":
        best = _last_best(found + left - 1)
    elif at_least and at_least[1] == "sensitivity":
        best = int(np.argmax(found >= float(at_least[2])))
    elif at_least:
        good = np.flatnonzero(left >= float(at_least[2]))
        if not len(good):
            raise ValueError(
                f"no threshold reaches {rule}: calling only the highest score leaves "
                f"{left[0]:.3f} of the patches without IDC alone."
            )
        best = int(good[-1])
    else:
        raise ValueError(f"expected one of the rules {', '.join(RULES)}: found {rule!r}.")
    return Chosen(rule, float(thresholds[best]), float(found[best]), float(left[best]))


def _last_best(values: Numbers) -> int:
    # Rounding must not decide between equal thresholds.
    return int(np.flatnonzero(values >= values.max() - 1e-12)[-1])
