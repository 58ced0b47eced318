"""Occlusion: cover a square, score again; what the score loses was evidence for IDC.

After Zeiler & Fergus 2014 (ECCV, doi 10.1007/978-3-319-10590-1_53). The change is that of the
logit, so a sure patch does not look as if nothing mattered.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from idc_core.interpret.explain.evidence import Evidence, Map, of_signed
from idc_core.interpret.explain.fills import Fill, filled
from idc_core.records.raster import USUAL

WINDOWS = (5, 10, 15, 20)
"""Sides of the covering square that can be chosen, in pixels of a patch of the usual size."""

Logits = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]


def occlusion(
    logits: Logits, patch: npt.NDArray[np.uint8], window: int | None = None, fill: Fill = "blurred"
) -> Evidence:
    """Evidence of a patch (side, side, 3) under a sliding square of `window` pixels (else a fifth
    of its side), in steps of half that.

    `logits` answers (n, side, side, 3) with (n,). A cell's value is the mean loss of the logit over
    the squares that cover it. Cells are as large as the step.
    """
    side = len(patch)
    window = windows(side)[1] if window is None else window
    step = max(window // 2, 1)
    tops = starts(window, side)
    covered = np.stack(
        [_cover(patch, filled(patch, fill), y, x, window) for y in tops for x in tops]
    )
    change = float(logits(patch[None])[0]) - logits(covered)
    cells = -(-side // step)
    total, seen = np.zeros((cells, cells)), np.zeros((cells, cells))
    for at, loss in enumerate(change):
        y, x = tops[at // len(tops)], tops[at % len(tops)]
        part = np.s_[y // step : -(-(y + window) // step), x // step : -(-(x + window) // step)]
        total[part] += loss
        seen[part] += 1
    signed: Map = (total / seen).astype(np.float32)
    return of_signed(
        "Occlusion", signed, note=f"a square of {window} px, {fill}, {len(change)} times", side=side
    )


def windows(side: int) -> tuple[int, ...]:
    """`WINDOWS` of a patch of `side` pixels: as large a part of it, for as many scorings.

    >>> windows(50), windows(96)
    ((5, 10, 15, 20), (10, 19, 29, 38))
    """
    return tuple(max(1, round(side * each / USUAL.patch_px)) for each in WINDOWS)


def starts(window: int, side: int = USUAL.patch_px) -> list[int]:
    """Where squares begin along one side; the last ends at the edge.

    >>> starts(20)
    [0, 10, 20, 30]
    """
    if not 1 <= window <= side:
        raise ValueError(f"expected a square of 1 to {side} px: found {window}.")
    found = list(range(0, side - window + 1, max(window // 2, 1)))
    return found if found[-1] == side - window else [*found, side - window]


def _cover(
    patch: npt.NDArray[np.uint8], empty: npt.NDArray[np.uint8], y: int, x: int, window: int
) -> npt.NDArray[np.uint8]:
    found = patch.copy()
    found[y : y + window, x : x + window] = empty[y : y + window, x : x + window]
    return found
