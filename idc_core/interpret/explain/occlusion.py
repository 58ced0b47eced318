"""Occlusion: cover a square, score again; what the score loses was evidence for IDC.

After Zeiler & Fergus 2014 (ECCV, doi 10.1007/978-3-319-10590-1_53). The change is that of the
logit, so a sure patch does not look as if nothing mattered.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from idc_core.data.patches import PATCH_PX
from idc_core.interpret.explain.evidence import Evidence, Map, of_signed
from idc_core.interpret.explain.fills import Fill, filled

WINDOWS = (5, 10, 15, 20)
"""Sides of the covering square that can be chosen, in pixels."""

Logits = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]


def occlusion(
    logits: Logits, patch: npt.NDArray[np.uint8], window: int = 10, fill: Fill = "blurred"
) -> Evidence:
    """Evidence of a patch (50, 50, 3) under a sliding square, in steps of half its side.

    `logits` answers (n, 50, 50, 3) with (n,). A cell's value is the mean loss of the logit over the
    squares that cover it. Cells are as large as the step.
    """
    step = max(window // 2, 1)
    tops = starts(window)
    covered = np.stack(
        [_cover(patch, filled(patch, fill), y, x, window) for y in tops for x in tops]
    )
    change = float(logits(patch[None])[0]) - logits(covered)
    cells = -(-PATCH_PX // step)
    total, seen = np.zeros((cells, cells)), np.zeros((cells, cells))
    for at, loss in enumerate(change):
        y, x = tops[at // len(tops)], tops[at % len(tops)]
        part = np.s_[y // step : -(-(y + window) // step), x // step : -(-(x + window) // step)]
        total[part] += loss
        seen[part] += 1
    signed: Map = (total / seen).astype(np.float32)
    return of_signed(
        "Occlusion", signed, note=f"a square of {window} px, {fill}, {len(change)} times"
    )


def starts(window: int) -> list[int]:
    """Where squares begin along one side; the last ends at the edge.

    >>> starts(20)
    [0, 10, 20, 30]
    """
    if not 1 <= window <= PATCH_PX:
        raise ValueError(f"expected a square of 1 to {PATCH_PX} px: found {window}.")
    found = list(range(0, PATCH_PX - window + 1, max(window // 2, 1)))
    return found if found[-1] == PATCH_PX - window else [*found, PATCH_PX - window]


def _cover(
    patch: npt.NDArray[np.uint8], empty: npt.NDArray[np.uint8], y: int, x: int, window: int
) -> npt.NDArray[np.uint8]:
    found = patch.copy()
    found[y : y + window, x : x + window] = empty[y : y + window, x : x + window]
    return found
