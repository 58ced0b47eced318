"""A square field of a slide around a patch, which is outlined."""

import cv2
import numpy as np

from idc_core.wsi.source import Pixels
from idc_core.wsi.tiles import Region, as_jpeg

SHOWN_PX = 600
"""Side of the picture: sharp on screens that show two pixels for one."""


def region_around(field: tuple[float, float, float]) -> Region:
    """The part to read for a field: its left, top and side in pixels of the finest level."""
    left, top, side = field
    return Region(left, top, side, side, SHOWN_PX, SHOWN_PX)


def with_outline(jpeg: bytes, patch: int) -> Pixels:
    """A square picture (side, side, 3) with the square of `patch` pixels in its middle outlined;
    white where the JPEG is damaged."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        return np.full((SHOWN_PX, SHOWN_PX, 3), 255, np.uint8)
    return outlined(np.ascontiguousarray(bgr[:, :, ::-1], np.uint8), patch)


def outlined(picture: Pixels, patch: int) -> Pixels:
    """The same for pixels, drawn in place."""
    side = picture.shape[0]
    patch = min(patch, side)
    near, far = (side - patch) // 2, (side + patch) // 2
    for colour, width in (((255, 255, 255), 5), ((17, 17, 17), 2)):
        cv2.rectangle(picture, (near, near), (far - 1, far - 1), colour, width)
    return picture


def outlined_jpeg(jpeg: bytes, patch: int) -> bytes:
    """`with_outline` as JPEG."""
    return as_jpeg(with_outline(jpeg, patch))
