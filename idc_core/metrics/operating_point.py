"""Choosing a threshold by a named rule, from one set of labels and scores.

Choose on validation; apply to test unchanged (STARD 2015, items 12 and 17). Every distinct score is
a candidate, so the choice is exact. `rules` has the rules.

Of equal ones the lowest threshold is taken, which misses least; of two that find the same IDC, the
one with fewer false alarms.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from idc_core.metrics.confusion import Confusion, ratio
from idc_core.metrics.curves import Numbers, Ranked
from idc_core.metrics.lower_limit import CountsAt, highest_reaching
from idc_core.metrics.rules import (
    BY_HAND,
    DEFAULT_RULE,
    NEAREST,
    RULES,
    Rule,
    read_rule,
    rule_words,
    worth,
)
from idc_core.metrics.sorted_scores import Counts, Sorted, nth_of_both

__all__ = [
    "BY_HAND",
    "DEFAULT_RULE",
    "NEAREST",
    "RULES",
    "Chosen",
    "Infeasible",
    "Rule",
    "choose",
    "read_rule",
    "rule_words",
]


_AT_ONCE = 2_000_000
"""Scores of IDC patches that are tried at a time."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold and what it does where it was chosen."""

    rule: str
    threshold: float
    counts: Confusion

    @property
    def sensitivity(self) -> float:
        """Share of IDC patches found."""
        return self.counts.sensitivity

    @property
    def specificity(self) -> float:
        """Share of patches without IDC that are predicted no IDC."""
        return self.counts.specificity

    @property
    def calls(self) -> float:
        """Share of all patches called."""
        return (self.counts.tp + self.counts.fp) / self.counts.total


class Infeasible(ValueError):
    """No threshold reaches the rule; `nearest` comes as near as can be."""

    def __init__(self, sentence: str, nearest: Chosen) -> None:
        super().__init__(sentence)
        self.nearest = nearest


def choose(ranked: Ranked, rule: str = DEFAULT_RULE, counts_at: CountsAt | None = None) -> Chosen:
    """The threshold that a rule asks for.

    `counts_at` gives the counts a patient of the same patches (`PatientCounts.at`): a rule that
    asks for a limit needs to know whose they are. Raises `Infeasible` where no threshold reaches
    the rule, and `ValueError` for an unknown rule, without patches of both classes, or without the
    counts a patient where they are needed.

    >>> choose(Ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), "sensitivity>=0.9").threshold
    0.35
    """
    asked = read_rule(rule.removeprefix(NEAREST))
    if not len(ranked.positive) or not len(ranked.negative):
        raise ValueError("expected patches of both classes to choose a threshold: found one class.")
    if rule.startswith(NEAREST):
        try:
            threshold = _threshold(ranked, asked, rule, counts_at)
        except Infeasible as far:
            return far.nearest
    else:
        threshold = _threshold(ranked, asked, rule, counts_at)
    return Chosen(rule, threshold, ranked.counts(threshold))


def _threshold(ranked: Ranked, asked: Rule, rule: str, counts_at: CountsAt | None) -> float:
    if asked.kind == "sensitivity":
        return _finding(ranked, asked.value)
    if asked.kind == "sensitivity_low":
        return _surely_finding(ranked, asked.value, rule, counts_at)
    if asked.kind == "specificity":
        # As many others below the threshold as the share asks for: it is above the last of them.
        needed = _first_reaching(len(ranked.negative), asked.value)
        above = ranked.negative[needed - 1] if needed else -np.inf
        return _lowest_above(ranked, float(above), rule)
    if asked.kind == "calls":
        return _calling(ranked, asked.value, rule)
    return _best_cut(ranked, asked, rule)


def _finding(ranked: Ranked, share: float) -> float:
    needed = _first_reaching(len(ranked.positive), share)
    return float(ranked.positive[-needed]) if needed else _highest(ranked)


def _surely_finding(ranked: Ranked, share: float, rule: str, counts_at: CountsAt | None) -> float:
    if counts_at is None:
        raise ValueError(f"expected to know whose each patch is for {rule}: nothing says so.")
    threshold, limit = highest_reaching(ranked, share, counts_at)
    if limit >= share:
        return threshold
    raise _infeasible(ranked, rule, threshold, f" Its lower limit is {100 * limit:.1f} %.")


def _calling(ranked: Ranked, share: float, rule: str) -> float:
    many = len(ranked)
    # One patch more than the share allows must stay below the threshold.
    allowed = _first_reaching(many + 1, share, of=many, above=True) - 1
    if allowed >= many:
        return min(float(ranked.positive[0]), float(ranked.negative[0]))
    last_below = nth_of_both(ranked.positive, ranked.negative, many - 1 - allowed)
    return _lowest_above(ranked, last_below, rule)


def _first_reaching(most: int, share: float, *, of: int | None = None, above: bool = False) -> int:
    """The smallest count up to `most` whose share of `of` is at least (`above`: above) `share`.

    Compared as quotients, as the rates are: rounding must not ask for one patch more.
    """
    whole = of or most
    count = max(0, int(share * whole) - 1)
    while count < most and (count / whole <= share if above else count / whole < share):
        count += 1
    return count


def _lowest_above(ranked: Ranked, score: float, rule: str) -> float:
    candidates = [
        float(scores[at])
        for scores in (ranked.positive, ranked.negative)
        if (at := int(np.searchsorted(scores, score, side="right"))) < len(scores)
    ]
    if not candidates:
        raise _infeasible(ranked, rule, _highest(ranked))
    return min(candidates)


def _highest(ranked: Ranked) -> float:
    return max(float(ranked.positive[-1]), float(ranked.negative[-1]))


def _best_cut(ranked: Ranked, asked: Rule, rule: str) -> float:
    """For rules that weigh IDC found against false alarms.

    Among thresholds that find the same IDC the highest raises the fewest false alarms, so only
    scores of IDC patches can be best, and the highest score of all, which may find none.
    """
    idc, others = len(ranked.positive), len(ranked.negative)

    def values(tp: Counts, fp: Counts) -> Numbers:
        if asked.kind == "precision":
            return np.asarray(ratio(tp, tp + fp), np.float64)
        return worth(asked, others - fp, fp, idc - tp, tp)

    # As many as a hundred million: tried some at a time, and only the best of these once more.
    starts = [*range(0, idc, _AT_ONCE), idc]
    highest = [_highest_of(values(tp, fp)) for _, tp, fp in map(partial(_cuts, ranked), starts)]
    best = max(highest)
    # Rounding must not decide between equal thresholds.
    good = best - 1e-12 * max(1.0, abs(best))
    reached = asked.kind != "precision" or best >= asked.value
    if asked.kind == "precision" and reached:
        good = asked.value
    start = next(at for at, value in zip(starts, highest, strict=True) if value >= good)
    cuts, tp, fp = _cuts(ranked, start)
    chosen = float(cuts[np.flatnonzero(values(tp, fp) >= good)[0]])
    if not reached:
        raise _infeasible(ranked, rule, chosen)
    return chosen


def _cuts(ranked: Ranked, start: int) -> tuple[Sorted, Counts, Counts]:
    """Candidates rising, with the IDC patches found and the false alarms of each: of the scores of
    IDC patches from `start` on; behind the last, the highest score of all if it is another."""
    positive, negative = ranked.positive, ranked.negative
    if start < len(positive):
        some = positive[start : start + _AT_ONCE]
        new = np.append(not start or some[0] != positive[start - 1], some[1:] != some[:-1])
        cuts, found = some[new], len(positive) - start - np.flatnonzero(new)
    else:
        cuts = negative[-1:] if negative[-1] > positive[-1] else negative[:0]
        found = np.zeros(len(cuts), np.int64)
    return cuts, found, len(negative) - np.searchsorted(negative, cuts, side="left")


def _highest_of(values: Numbers) -> float:
    return float(values.max()) if len(values) else -np.inf


def _infeasible(ranked: Ranked, rule: str, threshold: float, more: str = "") -> Infeasible:
    named = rule if rule.startswith(NEAREST) else NEAREST + rule
    nearest = Chosen(named, threshold, ranked.counts(threshold))
    return Infeasible(
        f"no threshold reaches {rule}: {rule_words(rule)}. The nearest, {threshold!r}, has "
        f"a sensitivity of {100 * nearest.sensitivity:.1f} % and a specificity of "
        f"{100 * nearest.specificity:.1f} %; it predicts IDC in {100 * nearest.calls:.1f} % of the "
        f"patches, {100 * nearest.counts.precision:.1f} % of them rightly.{more}",
        nearest,
    )
