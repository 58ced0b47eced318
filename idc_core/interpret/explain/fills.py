"""What is put where something is taken away: there is no empty tissue, so it has to be chosen."""

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.records.raster import USUAL

Fill = Literal["blurred", "white", "mean"]
FILLS: tuple[Fill, ...] = ("blurred", "white", "mean")

BLUR_PX = 5.0
"""Standard deviation of the blur of a patch of the usual size, and of others in proportion: nuclei
and glands are gone, colour and light stay."""


def filled(patch: npt.NDArray[np.uint8], fill: Fill) -> npt.NDArray[np.uint8]:
    """The patch (h, w, 3) with all taken away: blurred, white as glass, or its mean colour."""
    if fill == "white":
        return np.full_like(patch, 255)
    if fill == "mean":
        colour = np.rint(patch.reshape(-1, 3).mean(axis=0)).astype(np.uint8)
        return np.broadcast_to(colour, patch.shape).copy()
    if fill == "blurred":
        blur = BLUR_PX * len(patch) / USUAL.patch_px
        soft = cv2.GaussianBlur(patch, (0, 0), blur, borderType=cv2.BORDER_REFLECT)
        return np.asarray(soft, np.uint8)
    raise ValueError(f"expected one of {', '.join(FILLS)}: found {fill!r}.")
