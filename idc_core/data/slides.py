"""Where patches lie on their slide: grids, neighbours, and slides put back together.

Conventions:

- `x` is a patch's left column, `y` its top row, in pixels of the slide as it was cut, from 1.
- Patches stand on a grid of `stride` pixels, of the store's raster; the grid's own columns and
  rows count from 0 at the top left patch that is present.
- Background was never exported: a missing square is unknown, not negative.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import slide_numbers
from idc_core.records.raster import USUAL

WHOLE_FROM = 0.5
"""A patient is whole if its patches' neighbour squares are at least half filled, on average."""

Coordinates = npt.ArrayLike  # (n,), whole numbers
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Grid:
    """A patient's patches as a grid: `row` and `column`, (n,), count from 0; the first patch
    of the grid lies at (`left`, `top`) of the slide."""

    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    left: int
    top: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the bounding grid."""
        if not self.row.size:
            return 0, 0
        return int(self.row.max()) + 1, int(self.column.max()) + 1

    def map(self, values: npt.ArrayLike, missing: float = np.nan) -> npt.NDArray[np.float64]:
        """One value a square, (rows, columns); `missing` where there is no patch."""
        filled = np.full(self.shape, missing, np.float64)
        filled[self.row, self.column] = np.asarray(values)
        return filled


def grid_of(x: Coordinates, y: Coordinates, stride: int = USUAL.stride_px) -> Grid:
    """The grid that patches at `x`, `y` (shape (n,), pixels from 1) stand on.

    >>> grid_of([101, 151], [51, 151]).shape
    (3, 2)
    """
    columns, rows = np.asarray(x, np.int64), np.asarray(y, np.int64)
    if not columns.size:
        return Grid(rows, columns, 1, 1)
    left, top = int(columns.min()), int(rows.min())
    return Grid((rows - top) // stride, (columns - left) // stride, left, top)


def occupancy(x: Coordinates, y: Coordinates, stride: int = USUAL.stride_px) -> float:
    """Share of the 8 neighbours that are present, averaged over the patches; 0 to 1.

    >>> occupancy([1, 51, 1, 51], [1, 1, 51, 51])
    0.375
    """
    columns = np.asarray(x, np.int64)
    one, rows = np.zeros_like(columns), np.asarray(y, np.int64)
    return float(_occupancy(one, one, columns, rows, 1, stride)[0])


def occupancies(index: pd.DataFrame, stride: int = USUAL.stride_px) -> dict[str, float]:
    """Occupancy of every patient of an index, by name in sorted order."""
    codes, patients = pd.factorize(index["patient"], sort=True)
    owner, (slide, _) = np.asarray(codes, np.int64), slide_numbers(index)
    x, y = index["x"].to_numpy(), index["y"].to_numpy()
    measured = _occupancy(owner, slide, x, y, len(patients), stride)
    return dict(zip(map(str, patients), measured.tolist(), strict=True))


def whole_patients(
    index: pd.DataFrame,
    override: Mapping[str, bool] | None = None,
    stride: int = USUAL.stride_px,
) -> list[str]:
    """Patients whose tissue can be put back together, sorted; `override` says otherwise by name."""
    return whole_among(occupancies(index, stride), override)


def whole_among(
    measured: Mapping[str, float], override: Mapping[str, bool] | None = None
) -> list[str]:
    """The same, from occupancies that are known already."""
    said = override or {}
    return sorted(
        patient for patient, value in measured.items() if said.get(patient, value >= WHOLE_FROM)
    )


def _occupancy(
    patient: npt.NDArray[np.int64],
    slide: npt.NDArray[np.int64],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    patients: int,
    stride: int,
) -> npt.NDArray[np.float64]:
    """Occupancy by patient number; a square's neighbours are those of its own slide.

    Squares get numbers instead of a picture of the grid, so that two patches far apart cost nothing
    and all patients are looked up at once.
    """
    columns, rows = (np.asarray(each, np.int64) // stride for each in (x, y))
    if not columns.size:
        return np.zeros(patients)
    columns, rows = columns - columns.min() + 1, rows - rows.min() + 1
    width, height = int(columns.max()) + 2, int(rows.max()) + 2
    squares, first = np.unique((slide * height + rows) * width + columns, return_index=True)
    present = np.zeros(len(squares))
    for step in (row * width + column for row in (-1, 0, 1) for column in (-1, 0, 1)):
        if step:
            place = np.searchsorted(squares, squares + step)
            present += squares[np.minimum(place, len(squares) - 1)] == squares + step
    owner = patient[first]
    total = np.bincount(owner, minlength=patients)
    mean = np.bincount(owner, weights=present / 8, minlength=patients) / np.maximum(total, 1)
    return np.asarray(mean, np.float64)


def assemble(
    patches: Pixels,
    x: Coordinates,
    y: Coordinates,
    width: Coordinates,
    height: Coordinates,
    *,
    background: int = 255,
    stride: int = USUAL.stride_px,
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """Put a patient's patches, (n, side, side, 3), back where they were cut.

    `width`, `height`: true sizes, (n,). Returns the image (H, W, 3), whose top left is the grid's,
    and which squares hold a patch, (rows, columns) bool.
    """
    grid = grid_of(x, y, stride)
    columns, rows = np.asarray(x, np.int64), np.asarray(y, np.int64)
    widths, heights = np.asarray(width, np.int64), np.asarray(height, np.int64)
    present = np.zeros(grid.shape, bool)
    if not columns.size:
        return np.zeros((0, 0, 3), np.uint8), present
    present[grid.row, grid.column] = True
    lefts, tops = columns - grid.left, rows - grid.top
    bottom, right = int((tops + heights).max()), int((lefts + widths).max())
    image = np.full((bottom, right, 3), background, np.uint8)
    for patch, left, top, wide, high in zip(patches, lefts, tops, widths, heights, strict=True):
        image[top : top + high, left : left + wide] = patch[:high, :wide]
    return image, present


def neighbourhood(
    patches: Pixels,
    x: Coordinates,
    y: Coordinates,
    centre: tuple[int, int],
    size: int = 5,
    *,
    background: int = 255,
    stride: int = USUAL.stride_px,
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The squares around the patch at `centre` (x, y): `size`×`size` of them, `size` odd.

    `patches` (n, side, side, 3) of one patient, at `x`, `y`. Returns the image, `size` strides wide
    and high, with `background` where nothing was exported, and which squares hold a patch,
    (size, size).
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(f"size must be odd: found {size}.")
    reach = size // 2
    columns = (np.asarray(x, np.int64) - centre[0]) // stride + reach
    rows = (np.asarray(y, np.int64) - centre[1]) // stride + reach
    image = np.full((size * stride, size * stride, 3), background, np.uint8)
    present = np.zeros((size, size), bool)
    near = (columns >= 0) & (columns < size) & (rows >= 0) & (rows < size)
    for nth in np.flatnonzero(near):
        row, column = int(rows[nth]), int(columns[nth])
        top, left = row * stride, column * stride
        under = image[top : top + patches.shape[1], left : left + patches.shape[2]]
        under[:] = patches[nth, : under.shape[0], : under.shape[1]]
        present[row, column] = True
    return image, present
