"""Where the patches of an image lie at a stated resolution, and which of them hold tissue.

Conventions as in the IDC data: x = column, y = row, both from 1, stride 50, no overlap; a square
that sticks out of the image is padded with white.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.data.patches import PATCH_PX
from idc_core.io.refusal import Refusal
from idc_core.score.wsi.reading import Pixels, TissueImage

TARGET_UM = 4.0
"""µm per pixel of the IDC patches: 40x (0.25 µm) reduced 16:1, as remembered; to be verified."""

MOST_PATCHES = 200_000
FINER = 1.05
"""How much finer than the file the asked resolution may be: rounding, not made-up detail."""

LEAST_TISSUE = 0.2
"""Share of a square that is tissue from which on it is scored."""

_COARSE_PX = 10
"""Side of a square in the coarse look at the whole image."""

_CHROMA, _LIGHT = 18, 245
_BAND = 16


@dataclass(frozen=True)
class Plan:
    """The grid over an image; a square is `side` pixels of its finest level."""

    columns: int
    rows: int
    side: float
    tissue: npt.NDArray[np.float32]  # (rows, columns), share of the square

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Squares that are scored, (rows, columns)."""
        found: npt.NDArray[np.bool_] = self.tissue >= LEAST_TISSUE
        return found

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """(column, row) of every square that is scored, row after row, from 0."""
        row, column = np.nonzero(self.kept)
        return np.column_stack([column, row])


def plan(image: TissueImage, target_um: float = TARGET_UM) -> Plan:
    """Lay the grid and look for tissue; raises `Refusal` where no µm per pixel is known, the file
    is coarser than asked for, or the patches are too many."""
    own = image.um_per_px
    if own is None:
        raise Refusal(
            f"expected to know how many µm a pixel of {image.path.name} is: the file does not say. "
            "Say it (a 40x scan is often about 0.25, a 20x scan about 0.5)."
        )
    if own > target_um * FINER:
        raise Refusal(
            f"expected an image at least as fine as {target_um:g} µm per pixel: "
            f"{image.path.name} has {own:.3g}. Detail that is not there cannot be made up."
        )
    side = PATCH_PX * target_um / own
    columns, rows = (max(int(np.ceil(length / side - 0.02)), 1) for length in image.size)
    if columns * rows > MOST_PATCHES:
        raise Refusal(
            f"expected at most {MOST_PATCHES:,} patches: {image.path.name} would give "
            f"{columns * rows:,}. Ask for a coarser resolution."
        )
    return Plan(columns, rows, side, _tissue(image, columns, rows, side))


def _tissue(image: TissueImage, columns: int, rows: int, side: float) -> npt.NDArray[np.float32]:
    """Share of tissue of each square, from a coarse look at the image, some rows at a time."""
    found = np.zeros((rows, columns), np.float32)
    for first in range(0, rows, _BAND):
        some = min(_BAND, rows - first)
        coarse = image.read(
            0,
            first * side,
            (columns * side, some * side),
            (columns * _COARSE_PX, some * _COARSE_PX),
        )
        mask = is_tissue(coarse).astype(np.float32)
        found[first : first + some] = mask.reshape(some, _COARSE_PX, columns, _COARSE_PX).mean(
            (1, 3)
        )
    return found


def is_tissue(pixels: Pixels) -> npt.NDArray[np.bool_]:
    """Which pixels (h, w, 3) are stained tissue, (h, w): coloured, and darker than glass.

    Glass is white or grey, ink and slide frames black: neither has colour.
    """
    smooth = np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), np.int16)
    chroma = smooth.max(axis=2) - smooth.min(axis=2)
    # Stained tissue is red to blue: what is greenest is pen or a photograph of something else.
    green = smooth[..., 1] >= np.maximum(smooth[..., 0], smooth[..., 2])
    dark = smooth.min(axis=2) < _LIGHT
    found: npt.NDArray[np.bool_] = (chroma >= _CHROMA) & dark & ~green
    return found


def blocks(
    image: TissueImage, laid: Plan, most: int = 8
) -> Iterator[tuple[Pixels, npt.NDArray[np.int64]]]:
    """The kept squares as patches (n, 50, 50, 3) with their (column, row), block by block.

    A block of `most` × `most` squares is one reading, since small readings cost as much as large.
    """
    kept = laid.kept
    for top in range(0, laid.rows, most):
        for left in range(0, laid.columns, most):
            part = kept[top : top + most, left : left + most]
            if not part.any():
                continue
            high, wide = part.shape
            whole = image.read(
                left * laid.side,
                top * laid.side,
                (wide * laid.side, high * laid.side),
                (wide * PATCH_PX, high * PATCH_PX),
            )
            cut = whole.reshape(high, PATCH_PX, wide, PATCH_PX, 3).swapaxes(1, 2)
            row, column = np.nonzero(part)
            yield cut[row, column], np.column_stack([column + left, row + top])
