"""What the slide viewer draws: the tissue as one picture, and one square per patch.

Neither depends on the threshold: the browser colours the squares itself, so that a new threshold
sends one number and no pixels.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.facts.outcomes import outcome_of as outcome_of
from idc_core.records.raster import USUAL

LONGEST, LARGEST = 16_000, 40_000_000
"""Pixels along a side, and in all, of the largest picture that browsers draw."""

_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Frame:
    """The grid that a slide's patches stand on, in squares of `stride` pixels; `left`, `top` count
    from 0."""

    left: int
    top: int
    columns: int
    rows: int
    stride: int = USUAL.stride_px

    @property
    def square_px(self) -> int:
        """Pixels along a square's side in the picture: all of them, unless that is too large."""
        fitting = min(LONGEST / max(self.columns, self.rows), self._largest())
        return int(min(self.stride, fitting))

    def _largest(self) -> float:
        return float(np.sqrt(LARGEST / (self.columns * self.rows)))


def frame_of(x: npt.ArrayLike, y: npt.ArrayLike, stride: int = USUAL.stride_px) -> Frame:
    """The smallest frame around patches at `x`, `y` (at least one), in pixels from 1, on a grid of
    `stride`.

    >>> frame_of([101, 201], [51, 151])
    Frame(left=2, top=1, columns=3, rows=3, stride=50)
    """
    column, row = ((np.asarray(place, np.int64) - 1) // stride for place in (x, y))
    left, top = int(column.min()), int(row.min())
    wide, high = int(column.max()) - left + 1, int(row.max()) - top + 1
    return Frame(left, top, wide, high, stride)


def picture(
    patches: Iterable[npt.NDArray[np.uint8]], x: npt.ArrayLike, y: npt.ArrayLike, frame: Frame
) -> bytes | None:
    """The tissue as JPEG over the whole frame; None where it is too far apart to be one picture.

    `patches` (n, side, side, 3) RGB, padded with white, at `x`, `y`; of those that overlap the
    part up to the next one is drawn.
    """
    side = frame.square_px
    if side < 1:
        return None
    sheet = np.full((frame.rows * side, frame.columns * side, 3), 255, np.uint8)
    stride = frame.stride
    columns, rows = ((np.asarray(place, np.int64) - 1) // stride for place in (x, y))
    for patch, column, row in zip(patches, columns - frame.left, rows - frame.top, strict=True):
        patch = _own_part(patch, stride)
        if side != stride:
            how = cv2.INTER_AREA
            patch = np.asarray(cv2.resize(patch, (side, side), interpolation=how), np.uint8)
        top, left = row * side, column * side
        sheet[top : top + side, left : left + side] = patch[:, :, ::-1]
    done, coded = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(coded) if done else None


def _own_part(patch: npt.NDArray[np.uint8], stride: int) -> npt.NDArray[np.uint8]:
    """What a patch shows of its square of `stride` pixels, white where it is smaller."""
    high, wide = patch.shape[:2]
    if high == wide == stride:
        return patch
    found = np.full((stride, stride, 3), 255, np.uint8)
    found[:high, :wide] = patch[:stride, :stride]
    return found


def squares(
    rows: pd.DataFrame,
    frame: Frame,
    *,
    unscored: Sequence[tuple[int, int]] = (),
    hidden: npt.NDArray[np.bool_] | None = None,
) -> bytes:
    """The squares as JSON: `x`, `y`, `label`, `score` of each patch and the frame.

    `unscored`: places with tissue but no prediction. `hidden` (n,): patches whose label and score
    are not sent, because the reader has not judged them yet. Scores are sent in full: rounded, some
    would fall on the other side of a threshold that is itself a score. A label of −1 is unknown.
    """
    score = rows["score"].to_numpy(np.float64)
    label = rows["label"].to_numpy(np.int64)
    kept = np.ones(len(rows), bool) if hidden is None else ~hidden
    named = kept & is_known(label)
    return json.dumps(
        {
            "left": frame.left,
            "top": frame.top,
            "columns": frame.columns,
            "rows": frame.rows,
            "stride": frame.stride,
            "x": rows["x"].astype(int).tolist(),
            "y": rows["y"].astype(int).tolist(),
            "label": [int(one) if told else None for one, told in zip(label, named, strict=True)],
            "score": [float(one) if seen else None for one, seen in zip(score, kept, strict=True)],
            "unscored": [list(map(int, place)) for place in unscored],
        },
        separators=(",", ":"),
    ).encode()
