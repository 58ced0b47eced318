"""The table of two models on the same patches: their eight cells where both have one threshold."""

import numpy as np
import numpy.typing as npt

from idc_core.facts import cell_words
from idc_core.metrics.curves import Numbers
from idc_core.metrics.paired import CELLS
from idc_core.metrics.sorted_scores import Counts
from idc_core.records.raster import Raster
from idc_core.threshold_table.build import Table
from idc_core.threshold_table.grid import Scale
from idc_core.threshold_table.packed import packed


def build(
    labels: npt.NDArray[np.int8],
    a: Numbers,
    b: Numbers,
    raster: Raster,
    of: str,
    grid: tuple[Numbers, Scale],
) -> Table:
    """From labels and both scores of the common patches; `tp` and `fp` are those of A."""
    thresholds, scale = grid
    is_idc = labels == 1
    counts = _cells(is_idc, a, b, thresholds)
    texts: dict[str, list[str]] = {}
    for row in counts:
        for key, text in cell_words.cells(row, raster).items():
            texts.setdefault(key, []).append(text)
    tp, fp = (_reached(a[own], thresholds) for own in (is_idc, ~is_idc))
    every = {key: packed(own) for key, own in texts.items()}
    positives = int(is_idc.sum())
    return Table(of, thresholds, scale, positives, len(labels) - positives, 0, tp, fp, {}, every)


def _cells(is_idc: npt.NDArray[np.bool_], a: Numbers, b: Numbers, thresholds: Numbers) -> Counts:
    """Patches in each of `CELLS` at each threshold, (thresholds, 8)."""
    found = np.zeros((len(thresholds), len(CELLS)), dtype=np.int64)
    for label, own in ((0, ~is_idc), (1, is_idc)):
        by_a, by_b = (_reached(scores[own], thresholds) for scores in (a, b))
        both = _reached(np.minimum(a[own], b[own]), thresholds)
        neither = int(own.sum()) - by_a - by_b + both
        # As `paired.cell_of` numbers them: A's call, then B's.
        found[:, 4 * label : 4 * label + 4] = np.stack(
            [neither, by_b - both, by_a - both, both], axis=1
        )
    return found


def _reached(scores: Numbers, thresholds: Numbers) -> Counts:
    """How many scores are at least each threshold."""
    # Counted between thresholds, for sorting ten million scores would take longer.
    highest = np.searchsorted(thresholds, scores, side="right")
    between = np.bincount(highest, minlength=len(thresholds) + 1)
    found: Counts = between[:0:-1].cumsum()[::-1]
    return found
