"""Calibration in the large and the calibration line, with intervals for new patients.

Three figures are told apart (Van Calster et al. 2019, 10.1186/s12916-019-1466-7; Cox 1958):

- calibration in the large: log odds of IDC = **intercept** + logit(score), the slope held at 1.
  Above 0 scores are too low over all, below 0 too high;
- the slope: log odds of IDC = joint intercept + **slope** · logit(score); below 1 too extreme;
- the joint intercept of that line: where it crosses the middle. It says how scores of one half are
  off, not whether they are too high over all, and is no calibration in the large.

Each is fitted again without each patient in turn (`leave_one_out`). A refit needs only, by patient,
the IDC patches and their logits, and how many patches have which logit; many logits are laid on a
grid so that ten thousand refits are a few products of matrices.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.calibration import in_the_large, logit
from idc_core.metrics.leave_one_out import SIGNED_UNIT, Interval, jackknife_interval

Numbers = npt.NDArray[np.float64]
Owner = npt.NDArray[np.int64]

GRID = 1 / 16
"""Step of the grid of logits. A patch is shared between its two neighbours on it, which moves a
refit by less than a thousandth of its standard error."""

MOST_DISTINCT = 512
"""As many logits are kept as they are."""

_ROUNDS = 60
_AT_ONCE = 1000  # refits solved together
_FAR = 30.0  # a coefficient beyond has no end


@dataclass(frozen=True, slots=True)
class Fitted:
    """Each figure with its interval; `nan` where it is not defined.

    `off` is the mean score less the share of IDC, over all patches.
    """

    off: Interval
    in_the_large: Interval
    slope: Interval
    joint_intercept: Interval


@dataclass(frozen=True, slots=True)
class Logits:
    """Where patches are gathered: at each logit `at` as it is, or (`shared`) each patch between its
    two neighbours."""

    at: Numbers
    shared: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """What refits need of some patients: `patches` has shape (patients, logits), the others one
    number per patient."""

    logits: Numbers
    patches: Numbers
    idc: Numbers
    idc_logits: Numbers
    scores: Numbers

    def __len__(self) -> int:
        return len(self.idc)


def fitted(labels: npt.ArrayLike, scores: npt.ArrayLike, owner: Owner, patients: int) -> Fitted:
    """All figures of patches; `owner` numbers each one's patient from 0 to `patients` - 1.

    In the large is not defined with one class, the line neither with one score, nor where scores
    divide the classes without an overlap: the best slope is then infinite.
    """
    label_array, score_array = check_labels_and_scores(labels, scores)
    places = places_of(np.unique(logit(score_array)))
    return figures([gathered(places, label_array, score_array, owner, patients)])


def places_of(distinct: Numbers) -> Logits:
    """Where patches with these logits, rising and without repeats, are gathered."""
    if len(distinct) <= MOST_DISTINCT:
        return Logits(distinct, shared=False)
    return grid_between(float(distinct[0]), float(distinct[-1]))


def grid_between(lowest: float, highest: float) -> Logits:
    """The grid for more than `MOST_DISTINCT` logits between these."""
    first, last = np.floor(lowest / GRID), np.ceil(highest / GRID)
    return Logits(GRID * (first + np.arange(last - first + 1)), shared=True)


def gathered(
    places: Logits, labels: npt.NDArray[np.int8], scores: Numbers, owner: Owner, patients: int
) -> Gathered:
    """Gather patches by patient and logit."""
    x, grid = logit(scores), places.at
    if places.shared:
        place = np.minimum(((x - grid[0]) / GRID).astype(np.int64), len(grid) - 2)
        above = (x - grid[place]) / GRID
    else:
        place, above = np.searchsorted(grid, x), np.zeros(len(x))
    cell, size = owner * len(grid) + place, patients * len(grid)
    patches: Numbers = np.bincount(cell, weights=1 - above, minlength=size).astype(np.float64)
    if above.any():
        patches = patches + np.bincount(cell + 1, weights=above, minlength=size)
    sums = (labels, labels * x, scores)
    return Gathered(
        grid,
        patches.reshape(patients, len(grid)),
        *(np.bincount(owner, weights=each, minlength=patients).astype(float) for each in sums),
    )


def figures(parts: Iterable[Gathered]) -> Fitted:
    """The figures of patients that are gathered in parts, which are gone through twice: they need
    not all be in memory at once."""
    logits, whole, sums = np.zeros(0), np.zeros(0), [np.zeros((0, 4))]
    for part in parts:
        own = part.patches.sum(axis=0)
        logits, whole = part.logits, whole + own if len(whole) else own
        n = part.patches.sum(axis=1)
        sums.append(np.stack([n, part.idc, part.scores, part.idc_logits], axis=1))
    n, idc, summed, idc_logits = np.concatenate(sums).T
    total = np.array([idc.sum(), idc_logits.sum()])
    large, line = _refitted(parts, logits, whole, total)
    off = float(in_the_large(n.sum(), idc.sum(), summed.sum()))
    off_left = in_the_large(n.sum() - n, idc.sum() - idc, summed.sum() - summed)
    return Fitted(
        jackknife_interval(off, off_left, SIGNED_UNIT, max(len(n), 1)),
        jackknife_interval(large[0, 0], large[1:, 0]),
        _of_slope(line[:, 1]),
        jackknife_interval(line[0, 0], line[1:, 0]),
    )


def _of_slope(found: Numbers) -> Interval:
    """Interval of a slope from all refits, taken on the odds ratio that one log odds more gives.

    Refits fall farther below than above, and e^slope takes that away. With a few patients it may
    have no lower end (`-inf`): nothing is known below.
    """
    with np.errstate(over="ignore"):
        ratio = jackknife_interval(float(np.exp(found[0])), np.exp(found[1:]))
    low = float(np.log(ratio.low)) if not ratio.low <= 0 else -np.inf
    return Interval(float(found[0]), low, float(np.log(ratio.high)))


def _refitted(
    parts: Iterable[Gathered], logits: Numbers, whole: Numbers, total: Numbers
) -> tuple[Numbers, Numbers]:
    """Intercept and slope of all patients (row 0), then without each of them; `nan` undefined.

    First with the slope held at 1, then with both free.
    """
    begin, kinds = np.array([0.0, 1.0]), (False, True)
    firsts = [_solved(logits, whole[None], total[None], begin, slope=kind) for kind in kinds]
    found = [[first] for first in firsts]
    for part in parts:
        target = np.stack([part.idc, part.idc_logits], axis=1)
        for start in range(0, len(part), _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            n, left = whole - part.patches[rows], total - target[rows]
            for kind, first, own in zip(kinds, firsts, found, strict=True):
                own.append(_solved(logits, n, left, first[0], slope=kind))
    large, line = (np.concatenate(own) for own in found)
    return large, line


def _solved(x: Numbers, n: Numbers, target: Numbers, start: Numbers, *, slope: bool) -> Numbers:
    """Newton's method in every row at once; rows that reach no end are `nan`."""
    found = np.full((len(n), 2), np.nan)
    idc, patches = target[:, 0], n.sum(axis=1)
    active = np.flatnonzero((idc > 0.5) & (idc < patches - 0.5))
    if slope:
        active = active[(n[active] > 0.5).sum(axis=1) > 1]
    at = np.tile(np.where(np.isfinite(start), start, [0.0, 1.0]), (len(active), 1))
    for _ in range(_ROUNDS):
        if not len(active):
            break
        chance = 0.5 * (1 + np.tanh(0.5 * (at[:, :1] + at[:, 1:] * x)))
        expected = n[active] * chance
        weight = expected * (1 - chance)
        off = target[active] - np.stack([expected.sum(axis=1), expected @ x], axis=1)
        a, b, c = weight.sum(axis=1), weight @ x, weight @ x**2
        step = np.zeros_like(at)
        with np.errstate(all="ignore"):
            if slope:
                inner = a * c - b**2
                step[:, 0] = (c * off[:, 0] - b * off[:, 1]) / inner
                step[:, 1] = (a * off[:, 1] - b * off[:, 0]) / inner
            else:
                step[:, 0] = off[:, 0] / a
            size = np.abs(step).max(axis=1)
            # A step over a steep place is cut short, so that it cannot leap beyond all bounds.
            at = at + step * np.minimum(1.0, 5.0 / np.maximum(size, 1e-12))[:, None]
        # Where every chance is 0 or 1 nothing pulls any more, and yet no end was reached.
        done = (size < 1e-9) & (a > 1e-6)
        found[active[done]] = at[done]
        going = ~done & np.isfinite(size) & (np.abs(at).max(axis=1) < _FAR)
        active, at = active[going], at[going]
    return found
