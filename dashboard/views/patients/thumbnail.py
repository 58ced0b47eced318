"""A slide as small as a stamp: one coloured dot per patch."""

import base64

import cv2
import numpy as np
import numpy.typing as npt

from dashboard.charts.montage import rgb
from dashboard.charts.slide_map import frame_of
from dashboard.charts.theme import COLOURS, SCORE_SCALE
from idc_core.records.raster import USUAL

HEIGHT, WIDTH = 44, 96
LARGEST = 400
"""Squares along one side; patches farther apart than that make no picture."""

PREDICTED, OTHER = "predicted", "other"
"""What a patch without a label is: predicted positive, or not."""
_PALE = {"tp": 1.0, "fn": 1.0, "fp": 1.0, "tn": 0.45, PREDICTED: 1.0, OTHER: 0.45}
_COLOURS = COLOURS | {PREDICTED: SCORE_SCALE[1], OTHER: COLOURS["tn"]}


def thumbnail(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    outcome: npt.NDArray[np.str_],
    stride: int = USUAL.stride_px,
) -> str | None:
    """The patches at `x`, `y` (n,), on a grid of `stride`, in the colour of their outcome,
    or of what is predicted, as a data address; clear elsewhere.

    As many whole pixels per patch as fit, at least two: false alarms are chequered, so that they
    differ from missed IDC by more than colour. None where the patches lie too far apart.
    """
    frame = frame_of(x, y, stride)
    if max(frame.columns, frame.rows) > LARGEST:
        return None
    image = np.zeros((frame.rows, frame.columns, 4), np.uint8)
    row = (np.asarray(y) - 1) // stride - frame.top
    column = (np.asarray(x) - 1) // stride - frame.left
    for kind, strength in _PALE.items():
        here = outcome == kind
        red, green, blue = rgb(_COLOURS[kind])
        image[row[here], column[here]] = (blue, green, red, round(255 * strength))
    scale = max(2, min(HEIGHT // frame.rows, WIDTH // frame.columns))
    large = image.repeat(scale, axis=0).repeat(scale, axis=1)
    chequered = np.zeros((frame.rows, frame.columns), bool)
    chequered[row[outcome == "fp"], column[outcome == "fp"]] = True
    pixel_row, pixel_column = np.ogrid[: large.shape[0], : large.shape[1]]
    empty = (pixel_row + pixel_column) % 2 == 1
    large[chequered.repeat(scale, axis=0).repeat(scale, axis=1) & empty] = 0
    done, coded = cv2.imencode(".png", large, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    assert done
    return "data:image/png;base64," + base64.b64encode(coded.tobytes()).decode()
