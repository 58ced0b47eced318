"""What lies on a slide, from one coarse look at the whole: tissue, ink, glass.

The look has `LOOK_PX` × `LOOK_PX` pixels a square of the grid; shares are of these pixels. A share
is told, not acted upon: what is left out for it is for the caller to say.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import TissueImage
from idc_core.wsi.source import Pixels

LOOK_PX = 10
"""Side of a square of the grid in the look at the whole image."""

_BAND = 16
"""Rows of squares that are read at once."""

Mask = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TissueRule:
    """Which pixels are stained tissue, which are ink, and from which share on a square is tissue.

    - `chroma` (0–255): the largest less the smallest of red, green and blue is at least this.
      Glass has under 10; lower it for pale stains.
    - `light` (1–255): the smallest of the three is below it. Raise it where tissue is faint.
    - `least` (0–1): share of a square that is tissue, from which on the square counts as tissue.
    - `ink_saturation` (0–1): chroma over the largest of the three, from which on what is green or
      blue is ink; a stain has less.
    - `ink_dark` (0–255): the largest of the three, below which what has no colour is black ink, or
      the frame of the slide.
    """

    chroma: int = 18
    light: int = 245
    least: float = 0.2
    ink_saturation: float = 0.5
    ink_dark: int = 60

    def __post_init__(self) -> None:
        limits = {
            "chroma": (0, 255),
            "light": (1, 255),
            "least": (0, 1),
            "ink_saturation": (0, 1),
            "ink_dark": (0, 255),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise Refusal(f"expected {name} of tissue from {low} to {high}: found {value:g}.")


@dataclass(frozen=True, slots=True)
class Look:
    """Pixels that are `tissue` and `pen`, (rows · LOOK_PX, columns · LOOK_PX); a pixel may be both:
    blue ink has the colour of a stain."""

    tissue: Mask
    pen: Mask

    @property
    def tissue_share(self) -> Shares:
        """Of each square, (rows, columns)."""
        return shares(self.tissue)

    @property
    def pen_share(self) -> Shares:
        """Of each square, (rows, columns)."""
        return shares(self.pen)


def look(image: TissueImage, columns: int, rows: int, side: float, rule: TissueRule) -> Look:
    """One look at a grid of `columns` × `rows` squares, `side` pixels of the finest level each.

    Raises `Refusal` where the image is damaged.
    """
    found = Look(*(np.zeros((rows * LOOK_PX, columns * LOOK_PX), np.bool_) for _ in range(2)))
    for first in range(0, rows, _BAND):
        some = min(_BAND, rows - first)
        coarse = image.read(
            0, first * side, (columns * side, some * side), (columns * LOOK_PX, some * LOOK_PX)
        )
        band = slice(first * LOOK_PX, (first + some) * LOOK_PX)
        found.tissue[band], found.pen[band] = is_tissue(coarse, rule), is_pen(coarse, rule)
    return found


def shares(mask: Mask) -> Shares:
    """Share of each square (rows, columns) that a mask of the look covers."""
    rows, columns = (length // LOOK_PX for length in mask.shape)
    each = mask.astype(np.float32).reshape(rows, LOOK_PX, columns, LOOK_PX)
    return np.asarray(each.mean((1, 3)), np.float32)


def is_tissue(pixels: Pixels, rule: TissueRule | None = None) -> Mask:
    """Which pixels (h, w, 3) are stained tissue, (h, w): coloured, and darker than glass.

    Glass is white or grey, black ink and slide frames have no colour. Blue and red ink have: they
    count as tissue, and the first as pen too. What is wholly white, as readers give what the file
    does not hold, is none, though tissue lies beside it.
    """
    rule = rule or TissueRule()
    smooth = np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), np.int16)
    chroma = smooth.max(axis=2) - smooth.min(axis=2)
    # Stained tissue is red to blue: what is greenest is pen or a photograph of something else.
    green = smooth[..., 1] >= np.maximum(smooth[..., 0], smooth[..., 2])
    dark = (smooth.min(axis=2) < rule.light) & (pixels.min(axis=2) < 255)
    return np.asarray((chroma >= rule.chroma) & dark & ~green, np.bool_)


def is_pen(pixels: Pixels, rule: TissueRule | None = None) -> Mask:
    """Which pixels (h, w, 3) are green, blue or black ink, (h, w).

    Haematoxylin and eosin take away green first; ink of these colours takes away red. Red ink is
    not told from eosin.
    """
    rule = rule or TissueRule()
    most = pixels.max(axis=2).astype(np.int16)
    chroma = most - pixels.min(axis=2)
    saturated = chroma >= rule.ink_saturation * np.maximum(most, 1)
    least_red = pixels[..., 0] <= pixels[..., 1:].min(axis=2)
    black = (most < rule.ink_dark) & (chroma < rule.chroma)
    return np.asarray((saturated & least_red & (chroma >= rule.chroma)) | black, np.bool_)
