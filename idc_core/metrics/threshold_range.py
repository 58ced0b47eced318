"""Where would a rule's threshold lie if other validation patients had come?

Three ways to its interval, by what the rule asks for:

- a share (sensitivity, specificity, precision, calls): from where the rate is at the one end of its
  printed interval at the chosen threshold to where it is at the other (Woodruff 1952,
  10.1080/01621459.1952.10483443). Leaving out patients says less: a threshold read off a ranking
  hardly moves with one patient;
- a lower limit of sensitivity: chosen again without each patient in turn (`leave_one_out`);
- the best of something (F1, F-beta, Youden, cost): such a rule jumps between thresholds that are
  nearly as good, which leaving out one patient seldom shows. The standard error of resamples of
  patients is taken on the log odds, with Student's t of n - 1 degrees of freedom.

`docs/coverage.md` shows how often each holds the threshold that endless patients would give.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import SHARE, Interval, around, t_quantile
from idc_core.metrics.lower_limit import CountsAt
from idc_core.metrics.operating_point import NEAREST, Infeasible, Rule, choose, read_rule
from idc_core.metrics.uncertainty import PatientBootstrap

Numbers = npt.NDArray[np.float64]
Owner = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]

RESAMPLES = 100

_GROUPS = 30  # a limit is costly to choose by: more patients are left out in so many groups
_LEAST, _LARGEST = 1e-300, 1 - 2**-53  # log odds are finite between


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Scores of one class, rising, and whose each is."""

    scores: Scores
    owner: Owner

    def times(self, often: npt.NDArray[np.int64]) -> Scores:
        """The scores again, each as often as its patient was drawn; still rising."""
        return np.repeat(self.scores, often[self.owner])


def threshold_range(
    labels: npt.ArrayLike, scores: Scores, owner: Owner, patients: int, rule: str,
    counts_at: CountsAt, *, seed: int = 0,
) -> Interval:  # fmt: skip
    """The threshold that `rule` chooses, with its 95 % interval for new patients.

    `owner` numbers each patch's patient from 0 to `patients` - 1; `counts_at` as in `choose`. The
    ends are `nan` where some patients alone make the choice possible. Raises what `choose` raises
    for a rule that is none, or one class.
    """
    is_idc = np.asarray(labels) == 1
    classes = [_sorted(scores[own], owner[own]) for own in (is_idc, ~is_idc)]
    value = _chosen(classes, np.ones(patients, dtype=np.int64), rule, counts_at)
    asked = read_rule(rule.removeprefix(NEAREST))
    if asked.kind in _SHARES:
        return _read_off(classes, value, patients, asked, counts_at)
    odds = (
        _left_out(classes, value, patients, rule, counts_at)
        if asked.kind == "sensitivity_low"
        else _resampled(classes, value, patients, rule, seed)
    )
    return Interval(value, _score(odds.low), _score(odds.high))


def _calls(counts: npt.NDArray[np.int64]) -> Interval:
    return PatientBootstrap(len(counts)).of_sums(
        lambda sums: ratio(sums[:, 1] + sums[:, 3], sums.sum(axis=1)),
        counts.astype(np.float64), SHARE,
    )  # fmt: skip


def _rate(name: str) -> Callable[[npt.NDArray[np.int64]], Interval]:
    return lambda counts: PatientBootstrap(len(counts)).of_rates(counts, (name,))[name]


_SHARES: dict[str, Callable[[npt.NDArray[np.int64]], Interval]] = {
    "calls": _calls, **{name: _rate(name) for name in ("sensitivity", "specificity", "precision")},
}  # fmt: skip


def _read_off(
    classes: list[_Sorted], value: float, patients: int, rule: Rule, counts_at: CountsAt
) -> Interval:
    """The thresholds at which the rate is at the ends of its interval at the chosen one."""
    rate = _SHARES[rule.kind](counts_at(value))
    if not np.isfinite([rate.low, rate.high]).all():
        return Interval(value, np.nan, np.nan)
    sign, everyone = "<=" if rule.kind == "calls" else ">=", np.ones(patients, dtype=np.int64)
    ends = [
        _chosen(classes, everyone, f"{rule.kind}{sign}{end:.9f}", counts_at)
        for end in (rate.low, rate.high)
    ]
    return Interval(value, min(value, *ends), max(value, *ends))


def _left_out(
    classes: list[_Sorted], value: float, patients: int, rule: str, counts_at: CountsAt
) -> Interval:
    again = [_again(classes, often, rule, counts_at) for often in _without(patients, _GROUPS)]
    return around(float(_odds(value)), _odds(np.array(again)))


def _resampled(
    classes: list[_Sorted], value: float, patients: int, rule: str, seed: int
) -> Interval:
    rng = np.random.default_rng(seed)
    even = np.full(patients, 1 / patients)
    drawn = rng.multinomial(patients, even, size=RESAMPLES)
    again = _odds(np.array([_again(classes, often, rule, None) for often in drawn]))
    known = again[np.isfinite(again)]
    half = t_quantile(patients - 1) * float(known.std()) if len(known) > RESAMPLES / 2 else np.nan
    middle = float(_odds(value))
    return Interval(middle, middle - half, middle + half)


def _sorted(scores: Scores, owner: Owner) -> _Sorted:
    order = np.argsort(scores, kind="stable")
    return _Sorted(scores[order], owner[order])


def _without(patients: int, most: int) -> Iterator[npt.NDArray[np.int64]]:
    """How often each patient counts: once, but not at all in one group at a time."""
    groups = min(patients, most)
    group = np.arange(patients) % groups
    for each in range(groups):
        yield (group != each).astype(np.int64)


def _again(
    classes: list[_Sorted], often: npt.NDArray[np.int64], rule: str, counts_at: CountsAt | None
) -> float:
    """The threshold chosen on other patients; `nan` where they lack a class."""
    try:
        return _chosen(classes, often, rule, counts_at)
    except ValueError:
        return float("nan")


def _chosen(
    classes: list[_Sorted], often: npt.NDArray[np.int64], rule: str, counts_at: CountsAt | None
) -> float:
    ranked = Ranked.of_sorted(*(each.times(often) for each in classes))
    of_these = None if counts_at is None else _only(counts_at, often > 0)
    try:
        return choose(ranked, rule, of_these).threshold
    except Infeasible as far:
        return far.nearest.threshold


def _only(counts_at: CountsAt, kept: npt.NDArray[np.bool_]) -> CountsAt:
    return lambda threshold: counts_at(threshold)[kept]


def _odds(thresholds: npt.ArrayLike) -> Numbers:
    kept = np.clip(np.asarray(thresholds, dtype=np.float64), _LEAST, _LARGEST)
    odds: Numbers = np.log(kept) - np.log1p(-kept)
    return odds


def _score(odds: float) -> float:
    return float(0.5 * (1 + np.tanh(0.5 * odds))) if odds > -30 else float(np.exp(odds))
