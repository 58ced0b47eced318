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

_DISTINCT = 512  # as many logits as this are kept as they are
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
class Gathered:
    """What refits need: `patches` has shape (patients, logits), the others one number per
    patient."""

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
    return figures(gathered(label_array, score_array, owner, patients))


def gathered(
    labels: npt.NDArray[np.int8], scores: Numbers, owner: Owner, patients: int
) -> Gathered:
    """Gather patches by patient and logit."""
    x = logit(scores)
    grid, place = np.unique(x, return_inverse=True)
    above = np.zeros(len(x))
    if len(grid) > _DISTINCT:
        first = np.floor(x.min() / GRID)
        grid = GRID * (first + np.arange(np.ceil(x.max() / GRID) - first + 1))
        place = np.minimum(((x - grid[0]) / GRID).astype(np.int64), len(grid) - 2)
        above = (x - grid[place]) / GRID
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


def figures(patches: Gathered) -> Fitted:
    """The figures of gathered patches."""
    n, idc, summed = patches.patches.sum(axis=1), patches.idc, patches.scores
    large = _refitted(patches, slope=False)
    line = _refitted(patches, slope=True)
    off = float(in_the_large(n.sum(), idc.sum(), summed.sum()))
    off_left = in_the_large(n.sum() - n, idc.sum() - idc, summed.sum() - summed)
    return Fitted(
        jackknife_interval(off, off_left, SIGNED_UNIT, max(len(patches), 1)),
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


def _refitted(patches: Gathered, *, slope: bool) -> Numbers:
    """Intercept and slope of all patients (row 0), then without each of them; `nan` undefined."""
    target = np.stack([patches.idc, patches.idc_logits], axis=1)
    whole, total = patches.patches.sum(axis=0), target.sum(axis=0)
    first = _solved(patches.logits, whole[None], total[None], np.array([0.0, 1.0]), slope=slope)
    found = [first]
    for start in range(0, len(patches), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        found.append(
            _solved(
                patches.logits,
                whole - patches.patches[rows],
                total - target[rows],
                first[0],
                slope=slope,
            )
        )
    return np.concatenate(found)


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
