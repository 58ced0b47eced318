"""The grid that the places of a table stand on: how far neighbouring patches lie apart.

A step is found where whole (or half) numbers share one, and by a search of the period where they
were rounded, as micrometres and reduced pixels are. Steps below `SMALLEST` could be chance: they
count only where the squares are filled as tissue fills them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST = 10
"""A common divisor from here on is no chance."""

FILLED = 0.1
"""Share of the 8 neighbours that are present, from which on places are those of cut tissue: real
slides reach 0.5 to 0.9, scattered places of the same number less than 0.01."""

ON_GRID = 0.8
"""How sharp a period must be, 0 to 1: 1 where all places lie on it, 0.84 where steps of three
pixels were rounded to whole ones."""

_FEW = 20
_SPAN = 2**21

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lattice:
    """`column`, `row` (n,) of each place on a grid of `step`; `phase`: where in the step (x, y) all
    places lie, None where that differs; `filled`: share of the 8 neighbours that are there."""

    step: float
    column: Whole
    row: Whole
    phase: tuple[float, float] | None
    filled: float


def lattice_of(owner: Whole, x: Numbers, y: Numbers) -> Lattice | None:
    """The grid of places `x`, `y` (n,) of patients numbered by `owner`; None where there is none.

    All must be numbers.
    """
    if len(x) < 2:
        return None
    step = common_step(owner, x, y)
    if step:
        found = _exact(owner, x, y, step)
        if step >= SMALLEST or (step >= 1 and found.filled >= FILLED):
            return found
    return _fitted(owner, x, y)


def common_step(owner: Whole, x: Numbers, y: Numbers) -> float:
    """The greatest step that all distances within patients share; 0 where there is none."""
    double = np.column_stack([x, y]) * 2
    if not (double == np.round(double)).all():
        return 0.0
    _, first, place = np.unique(owner, return_index=True, return_inverse=True)
    apart = double.astype(np.int64) - double[first[place]].astype(np.int64)
    return float(np.gcd.reduce(np.abs(apart), axis=None)) / 2


def owner_place(owner: Whole) -> Whole:
    """Each owner's position among the sorted owners."""
    place: Whole = np.unique(owner, return_inverse=True)[1]
    return place


def _exact(owner: Whole, x: Numbers, y: Numbers, step: float) -> Lattice:
    column, row = (np.floor(each / step).astype(np.int64) for each in (x, y))
    rest = x - column * step, y - row * step
    alike = all((each == each[0]).all() for each in rest)
    phase = (float(rest[0][0]), float(rest[1][0])) if alike else None
    return Lattice(step, column, row, phase, filled(owner, column, row))


def _fitted(owner: Whole, x: Numbers, y: Numbers) -> Lattice | None:
    """The grid of rounded places."""
    order = np.lexsort((x, y, owner))
    apart = np.diff(x[order])
    same_row = (np.diff(owner[order]) == 0) & (np.diff(y[order]) == 0) & (apart > 0)
    if same_row.sum() < _FEW:
        return None
    usual = float(np.median(apart[same_row]))
    for near in (usual, usual / 2, usual / 3):
        close = apart[same_row & (np.abs(apart - near) <= 0.4 * near)] if near >= 2 else apart[:0]
        if not len(close):
            continue
        step, sharp = _period(owner, x, y, float(close.mean()))
        if sharp < ON_GRID:
            continue
        column, row = (_numbered(owner, each, step) for each in (x, y))
        share = filled(owner, column, row)
        if share >= FILLED:
            return Lattice(step, column, row, None, share)
    return None


def _period(owner: Whole, x: Numbers, y: Numbers, near: float) -> tuple[float, float]:
    """The step close to `near` that the places keep best, and how well, 0 to 1."""
    series = [np.unique(each[owner == who]) for who in np.unique(owner)[:50] for each in (x, y)]
    sizes = np.array([len(each) for each in series], np.float64)

    def sharpness(step: float) -> float:
        turned = [abs(np.exp(2j * np.pi * each / step).mean()) for each in series]
        return float(np.average(turned, weights=sizes))

    best, reach = near, 0.05
    for _ in range(3):
        tried = best * np.linspace(1 - reach, 1 + reach, 101)
        best = float(tried[int(np.argmax([sharpness(float(step)) for step in tried]))])
        reach /= 20
    return best, sharpness(best)


def _numbered(owner: Whole, values: Numbers, step: float) -> Whole:
    """The number of each value's square, where every patient's grid may begin elsewhere."""
    place = owner_place(owner)
    turn = np.exp(2j * np.pi * values / step)
    mean = np.bincount(place, turn.real) + 1j * np.bincount(place, turn.imag)
    phase = np.angle(mean) / (2 * np.pi) % 1
    phase = np.where(phase >= 0.8, phase - 1, phase)
    numbers: Whole = np.round(values / step - phase[place]).astype(np.int64)
    return numbers


def filled(owner: Whole, column: Whole, row: Whole) -> float:
    """Share of the 8 neighbours that are present, over all squares; 0 to 1.

    >>> filled(np.zeros(4, int), np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))
    0.375
    """
    columns, rows = column - column.min() + 1, row - row.min() + 1
    wide, high = int(columns.max()) + 2, int(rows.max()) + 2
    if wide > _SPAN or high > _SPAN:
        return 0.0
    squares = np.unique((owner_place(owner) * high + rows) * wide + columns)
    steps = [d * wide + r for d in (-1, 0, 1) for r in (-1, 0, 1) if d or r]
    present = sum(is_among(squares, squares + step).sum() for step in steps)
    return float(present / (8 * len(squares)))


def is_among(ordered: Whole, wanted: Whole) -> npt.NDArray[np.bool_]:
    """Which of `wanted` stand in `ordered` (rising)."""
    if not len(ordered):
        return np.zeros(len(wanted), bool)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found: npt.NDArray[np.bool_] = ordered[at] == wanted
    return found
