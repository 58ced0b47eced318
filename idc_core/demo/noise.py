"""Random fields from which tissue is drawn, the same bytes on every machine.

Conventions, the same in every module of this package:

- A field is a float32 array of shape (height, width); lengths are in pixels.
- Random numbers come from `Generator.random` alone: its bits are turned into floats exactly, while
  `normal`, `uniform` and others pass through a mathematics library that differs between machines.
- Fields are computed with `+ - * /`, `sqrt`, `floor`, comparisons and indexing alone. IEEE 754
  fixes their result to the last bit, with any instruction set. `exp`, `sin`, sums of floats,
  matrix products and OpenCV's filters are rounded differently from machine to machine and are
  not used.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Shape = tuple[int, int]

_LATTICE = 256  # side of a wrapped lattice of random values; a power of two, so that & wraps
_SPLINE_STD = 0.139  # standard deviation of a cubic B-spline surface over uniform values


def field(values: npt.ArrayLike) -> Field:
    """The values as float32."""
    return np.asarray(values, dtype=np.float32)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """One random number in [low, high)."""
    return low + (high - low) * float(rng.random())


def smooth_noise(rng: np.random.Generator, shape: Shape, cell: float) -> Field:
    """Smooth hills and hollows about `cell` pixels wide; mean 0, standard deviation near 1."""
    height, width = shape
    lattice = rng.random((int(height / cell) + 5, int(width / cell) + 5), dtype=np.float32)
    lattice = (lattice - 0.5) / _SPLINE_STD
    return _spline(np.ascontiguousarray(_spline(lattice.T, width, cell).T), height, cell)


def fractal_noise(rng: np.random.Generator, shape: Shape, *cells: float) -> Field:
    """Smooth noise of several cell sizes; each next one counts half of the one before."""
    total = np.zeros(shape, dtype=np.float32)
    for octave, cell in enumerate(cells):
        total += smooth_noise(rng, shape, cell) / 2.0**octave
    return total


def sampled_noise(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Noise of cell size 1 read at the places (u, v), in [-1, 1]; for stretched, bent textures."""
    lattice = rng.random((_LATTICE, _LATTICE), dtype=np.float32) * 2 - 1
    (left, right), across = _neighbours(u)
    (upper, lower), along = _neighbours(v)
    top = lattice[upper, left] * (1 - across) + lattice[upper, right] * across
    bottom = lattice[lower, left] * (1 - across) + lattice[lower, right] * across
    return field(top * (1 - along) + bottom * along)


def magnified(values: Field, by: int) -> Field:
    """The field drawn `by` times as large, smooth between its pixels."""
    height, width = values.shape
    # A pixel of the field is a node of the spline, which lies at the pixel's middle.
    padded = field(np.pad(values, 2, mode="edge"))
    half = np.float32((by - 1) / 2 / by)
    across = np.ascontiguousarray(_spline(padded.T, width * by, by, half).T)
    return _spline(across, height * by, by, half)


@dataclass(frozen=True, slots=True)
class Cells:
    """The plane cut into rounded cells, each pixel belonging to the nearest centre."""

    nearest: Field
    """Distance to the nearest centre."""
    gap: Field
    """Distance to the second nearest centre, less `nearest`: 0 on the wall between two cells."""
    cell: Whole
    """Number of the cell, an index into `centre_y` and `centre_x`."""
    centre_y: Field
    centre_x: Field


def cells(rng: np.random.Generator, shape: Shape, size: float) -> Cells:
    """Cut the plane into cells about `size` pixels wide (nearest point of a jittered grid)."""
    rows, columns = int(shape[0] / size) + 3, int(shape[1] / size) + 3
    jitter = rng.random((2, rows, columns), dtype=np.float32) * 0.7 + 0.15
    grid_y, grid_x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    centre_y = field((field(grid_y) - 1 + jitter[0]) * size).ravel()
    centre_x = field((field(grid_x) - 1 + jitter[1]) * size).ravel()
    y, x = field(np.arange(shape[0]))[:, None], field(np.arange(shape[1]))[None, :]
    row = (np.arange(shape[0]) / size).astype(np.int64)[:, None] + 1
    column = (np.arange(shape[1]) / size).astype(np.int64)[None, :] + 1
    first = np.full(shape, 1e12, dtype=np.float32)
    second = first.copy()
    cell = np.zeros(shape, dtype=np.int64)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            number = (row + down) * columns + column + right
            to_y, to_x = y - centre_y[number], x - centre_x[number]
            distance = to_y * to_y + to_x * to_x
            np.copyto(cell, number, where=distance < first)
            second = np.minimum(second, np.maximum(distance, first))
            first = np.minimum(distance, first)
    nearest = np.sqrt(first)
    return Cells(nearest, np.sqrt(second) - nearest, cell, centre_y, centre_x)


def _spline(lattice: Field, length: int, cell: float, back: np.float32 | None = None) -> Field:
    """Cubic B-spline along the first axis, read at the pixels 0 to `length`, which begin at its
    second node, or `back` before the third."""
    at = field(np.arange(length) / cell)
    if back is not None:
        at = field(at + 1 - back)
    node = at.astype(np.int64)
    t = (at - node)[:, None]
    s = 1 - t
    weights = (
        s * s * s / 6,
        (3 * t * t * t - 6 * t * t + 4) / 6,
        (3 * s * s * s - 6 * s * s + 4) / 6,
        t * t * t / 6,
    )
    values = np.empty((length, lattice.shape[1]), dtype=np.float32)
    starts = np.flatnonzero(np.diff(node, prepend=-1))
    # All pixels between two nodes at once: small enough to stay in the processor's cache.
    for start, stop in zip(starts, [*starts[1:], length], strict=True):
        here, first = slice(start, stop), node[start]
        part = values[here]
        np.multiply(weights[0][here], lattice[first], out=part)
        for step in (1, 2, 3):
            part += weights[step][here] * lattice[first + step]
    return values


def _neighbours(places: Field) -> tuple[tuple[Whole, Whole], Field]:
    """The two lattice nodes around each place (wrapped), and the smooth step between them."""
    floor = np.floor(places)
    t = places - floor
    node = floor.astype(np.int64)
    return (node & (_LATTICE - 1), (node + 1) & (_LATTICE - 1)), field(t * t * (3 - 2 * t))
