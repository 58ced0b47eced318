"""Where would a rule's threshold lie if other validation patients had come?

A threshold read off a ranking hardly moves with one patient, so leaving out patients says little of
it. What moves is the rate at each threshold, and that has an interval of its own. So every
threshold is asked whether these patients speak against it, by what the rule asks for:

- a share (sensitivity, specificity, precision, calls): the thresholds at which the rate's printed
  interval holds the share. The ends are what the same rule chooses when it asks the rate's upper,
  and its lower, limit to reach the share. (To read off the ranking where the ends of the interval
  at the chosen threshold lie, Woodruff 1952, takes the rate to be as sure elsewhere.) A rule that
  asks for a lower limit of sensitivity chooses the low end itself;
- the best of something (F1, F-beta, Youden, cost): the thresholds that are not shown to be worse
  than the chosen one, on the same patients.

`docs/coverage.md` shows how often each holds the threshold that endless patients would give.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import UNIT, Interval
from idc_core.metrics.lower_limit import CountsAt
from idc_core.metrics.operating_point import Infeasible, choose
from idc_core.metrics.rules import NEAREST, Rule, read_rule, worth
from idc_core.metrics.uncertainty import PatientJackknife

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

STEPS = 24
"""Thresholds that are looked at first; between the last that is out and the first that is in, the
search goes on by halves."""

_NOTHING_CALLED = float(np.nextafter(1.0, 2.0))


def threshold_range(ranked: Ranked, rule: str, counts_at: CountsAt) -> Interval:
    """The threshold that `rule` chooses, with its 95 % interval for new patients.

    `counts_at` as in `choose`, of the same patches. An end that no score reaches is 0 or 1; both
    are `nan` where the figures have no interval. Raises what `choose` raises for a rule that is
    none, or one class.
    """
    try:
        value = choose(ranked, rule, counts_at).threshold
    except Infeasible as far:
        value = far.nearest.threshold
    asked = read_rule(rule.removeprefix(NEAREST))
    cuts = np.unique(np.concatenate([ranked.positive, ranked.negative])).astype(np.float64)
    ends = (_where_held if asked.kind in _SHARES else _not_worse)(cuts, value, asked, counts_at)
    if ends is None:
        return Interval(value, np.nan, np.nan)
    # Below the lowest score and above the highest nothing tells thresholds apart.
    low, high = (0.0 if end <= cuts[0] else min(end, 1.0) for end in ends)
    return Interval(value, min(value, low), max(value, high))


def figure_name(rule: str) -> str:
    """The name under which `coverage` knows how often the interval holds.

    >>> figure_name("sensitivity_low>=0.9"), figure_name("cost:5")
    ('threshold_by_sensitivity', 'threshold_by_the_best')
    """
    kind = read_rule(rule.removeprefix(NEAREST)).kind
    return f"threshold_by_{kind.removesuffix('_low') if kind in _SHARES else 'the_best'}"


def _calls(counts: Counts) -> Interval:
    return PatientJackknife(len(counts)).of_sums(
        lambda sums: ratio(sums[:, 1] + sums[:, 3], sums.sum(axis=1)),
        counts.astype(np.float64),
        UNIT,
    )


def _rate(name: str, counts: Counts) -> Interval:
    return PatientJackknife(len(counts)).of_rates(counts, (name,))[name]


_SHARES: dict[str, Callable[[Counts], Interval]] = {
    "calls": _calls,
    "sensitivity_low": partial(_rate, "sensitivity"),
    **{name: partial(_rate, name) for name in ("sensitivity", "specificity", "precision")},
}


def _where_held(
    cuts: Numbers, value: float, asked: Rule, counts_at: CountsAt
) -> tuple[float, float] | None:
    """The outermost thresholds at which the rate's interval holds the share; `cuts` rise."""
    rate = _SHARES[asked.kind]
    here = rate(counts_at(value))
    if not np.isfinite([here.low, here.high]).all():
        return None
    # Sensitivity falls with the threshold: its rule takes the highest, the others the lowest.
    falls = asked.kind.startswith("sensitivity")
    order = np.append(cuts, _NOTHING_CALLED)[::-1] if falls else cuts

    def end(limit: str) -> float:
        def reaches(cut: float) -> bool:
            at = float(getattr(rate(counts_at(cut)), limit))
            return at <= asked.value if asked.kind == "calls" else at >= asked.value

        found = _first(order, reaches)
        return found if found is not None else 1.0 - falls

    low, high = sorted((end("low"), end("high")))
    return low, high


def _not_worse(
    cuts: Numbers, value: float, asked: Rule, counts_at: CountsAt
) -> tuple[float, float] | None:
    """The outermost thresholds that are not shown to be worse than the chosen one."""
    chosen = counts_at(value)
    jackknife = PatientJackknife(len(chosen))
    if jackknife.patients < 2:
        return None

    def better(sums: npt.NDArray[Any]) -> Numbers:
        return worth(asked, *sums[:, :4].T) - worth(asked, *sums[:, 4:].T)

    def stands(cut: float) -> bool:
        both = np.hstack([counts_at(cut), chosen]).astype(np.float64)
        # Where no patient tells the two apart, neither is shown to be worse.
        return not jackknife.of_sums(better, both).high < 0

    low = _first(cuts[cuts < value], stands)
    high = _first(cuts[cuts > value][::-1], stands)
    top = value >= cuts[-1] or high == cuts[-1]
    return (
        value if low is None else low,
        _NOTHING_CALLED if top else value if high is None else high,
    )


def _first(cuts: Numbers, holds: Callable[[float], bool]) -> float | None:
    """The first of the cuts for which it holds, as for those after it; None of them."""
    if not len(cuts):
        return None
    steps = np.unique(np.linspace(0, len(cuts) - 1, STEPS).astype(np.int64))
    good = next((at for at, step in enumerate(steps) if holds(float(cuts[step]))), None)
    if good is None:
        return None
    low, high = int(steps[good - 1]) if good else -1, int(steps[good])
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(float(cuts[middle])) else (middle, high)
    return float(cuts[high])
