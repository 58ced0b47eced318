"""What every reader of a file offers, and how it says that it cannot."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.records.slide_frame import SlideFrame

Pixels = npt.NDArray[np.uint8]

MOST_PICTURE_PX = 80_000_000
"""Of what has to be decoded whole, a picture or a strip of one: 240 MB in memory."""


class Unreadable(Exception):
    """Not for this reader, with the reason in a few words: the next one is tried."""


class Source(Protocol):
    """An opened file. `frame`: its geometry, as it says itself; `note`: a sentence on what of the
    file is read, where that is not all of it."""

    frame: SlideFrame
    note: str

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        """RGB of a part that lies inside, in pixels of the finest level: `shrink` times reduced, or
        less where the file has no such level. Raises `Refusal` where it is damaged."""
        ...

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        """How many pixels have to be decoded for such a part."""
        ...

    def close(self) -> None: ...


def on_white(rgba: Pixels) -> Pixels:
    """RGB (h, w, 3) of (h, w, 4): what is transparent, since the file holds nothing, is glass."""
    if rgba[..., 3].min() == 255:
        return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), np.uint8)
    share = rgba[..., 3:].astype(np.uint16)
    return np.asarray((rgba[..., :3] * share + 255 * (255 - share)) // 255, np.uint8)


def level_for(steps: list[float], shrink: float) -> int:
    """The coarsest level that is at least as fine as asked for; `steps`: how many pixels of level 0
    a pixel of each level is, rising.

    >>> level_for([1.0, 4.0, 16.0], 8.0), level_for([1.0, 4.0], 4.0), level_for([1.0, 4.0], 0.5)
    (1, 1, 0)
    """
    return max((at for at, step in enumerate(steps) if step <= shrink + 1e-6), default=0)


def reason(broken: Exception, path: Path) -> str:
    """What a library says, its first line without the folder: at most 120 characters."""
    first = (str(broken).splitlines() or [""])[0]
    return first.replace(f"{path.parent}/", "")[:120]
