"""Sections of one slide told apart: tissue that lies together, apart from the rest by a gap."""

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.wsi.tissue import LOOK_PX, Mask

GAP_UM = 1_000.0
"""Glass between two sections, at least. Pieces of one section that tore lie closer."""

Numbers = npt.NDArray[np.int32]


def sections(tissue: Mask, um_per_px: float, gap_um: float = GAP_UM) -> Numbers:
    """Number of the section of each square of the grid, (rows, columns), from 1 in the order of
    reading: from left to right, line by line. 0 everywhere on a slide without tissue.

    `tissue`: the look at the slide, `LOOK_PX` pixels a square; `um_per_px`: of that look. Two
    pieces of tissue are one section where less than `gap_um` of glass lies between them. A square
    belongs to the section that it holds most of; one without tissue to the nearest.
    """
    rows, columns = (length // LOOK_PX for length in tissue.shape)
    if not tissue.any():
        return np.zeros((rows, columns), np.int32)
    glass = np.asarray(~tissue, np.uint8)
    away, nearest = cv2.distanceTransformWithLabels(
        glass, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Half of the gap around each piece: the two halves meet where the gap is no wider.
    joined = np.asarray(away * um_per_px < gap_um / 2, np.uint8)
    count, label, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    number = _in_reading_order(np.asarray(boxes[1:], np.int32))[label]
    of_pixel = np.zeros(nearest.max() + 1, np.int32)
    of_pixel[nearest[tissue]] = number[tissue]
    half = LOOK_PX // 2
    found = np.asarray(of_pixel[nearest[half::LOOK_PX, half::LOOK_PX]], np.int32)
    row, column = np.nonzero(tissue)
    square = row // LOOK_PX * columns + column // LOOK_PX
    pair, times = np.unique(square * count + number[tissue], return_counts=True)
    pair = pair[np.argsort(times, kind="stable")]  # the most frequent is written last
    found.flat[pair // count] = pair % count
    return found


def _in_reading_order(boxes: Numbers) -> Numbers:
    """The number of each label, (1 + n,), 0 for glass, from their boxes (left, top, width, height,
    area). A line holds what lies, by its middle, beside the topmost section that is left."""
    found, number = np.zeros(len(boxes) + 1, np.int32), 0
    left, top, _, high, _ = boxes.T
    waiting = sorted(range(len(boxes)), key=lambda at: (top[at], left[at]))
    while waiting:
        bottom = top[waiting[0]] + high[waiting[0]]
        line = {at for at in waiting if top[at] + high[at] / 2 <= bottom}
        waiting = [at for at in waiting if at not in line]
        for at in sorted(line, key=lambda at: int(left[at])):
            number += 1
            found[at + 1] = number
    return found
