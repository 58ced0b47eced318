"""Patches side by side as one picture: the browser asks once instead of sixty times."""

import cv2
import numpy as np
import numpy.typing as npt

from dashboard.charts.theme import COLOURS, LETTERS
from idc_core.records.raster import USUAL
from idc_core.wsi.fields import outlined

Image = npt.NDArray[np.uint8]
STRIPE_PX = 6
"""Width of a stripe in the frame of a false alarm."""


def montage(
    patches: Image, outcomes: npt.NDArray[np.str_], *, columns: int, side: int = 96, gap: int = 6
) -> Image:
    """Patches (n, side, side, 3) in rows of `columns`, each with its outcome's frame and letters.

    The frame of a false alarm is striped: where letters are too small to read, it still differs
    from that of missed IDC by more than its colour.
    """
    rows = -(-len(patches) // columns)
    cell = side + gap
    sheet = np.zeros((rows * cell, columns * cell, 4), np.uint8)
    for at, (patch, outcome) in enumerate(zip(patches, outcomes, strict=True)):
        top, left = gap // 2 + at // columns * cell, gap // 2 + at % columns * cell
        frame = sheet[top - 3 : top + side + 3, left - 3 : left + side + 3]
        frame[:] = (*rgb(COLOURS[str(outcome)]), 255)
        if outcome == "fp":
            frame[stripes(*frame.shape[:2])] = 0
        large = cv2.resize(patch, (side, side), interpolation=cv2.INTER_CUBIC)
        sheet[top : top + side, left : left + side] = np.dstack(
            [large, np.full_like(large[..., 0], 255)]
        )
        _tag(sheet, left, top + side, str(outcome))
    return sheet


def stripes(height: int, width: int) -> npt.NDArray[np.bool_]:
    """Diagonal stripes (height, width), every second one true."""
    row, column = np.ogrid[:height, :width]
    return np.asarray((row + column) // STRIPE_PX % 2 == 1)


def _tag(sheet: Image, left: int, bottom: int, outcome: str) -> None:
    """The outcome's letters in a corner: colour is never alone."""
    sheet[bottom - 18 : bottom, left : left + 28] = (*rgb(COLOURS[outcome]), 255)
    cv2.putText(
        sheet,
        LETTERS[outcome],
        (left + 3, bottom - 4),
        cv2.FONT_HERSHEY_DUPLEX,
        0.48,
        (17, 17, 17, 255),
        1,
    )


def surroundings(pixels: Image, *, scale: int, patch_px: int = USUAL.patch_px) -> Image:
    """A neighbourhood enlarged `scale` times, with its centre patch of `patch_px` outlined."""
    large = np.asarray(
        cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    return outlined(large, patch_px * scale)


def enlarged(patch: Image, scale: int) -> Image:
    """One patch `scale` times as large, smoothly, as the galleries show patches."""
    large = cv2.resize(patch, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """A colour as three numbers.

    >>> rgb("#009E73")
    (0, 158, 115)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
