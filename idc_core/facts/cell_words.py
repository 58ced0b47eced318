"""What is said of two models' eight cells: label, and what each of them predicts."""

import numpy as np
import numpy.typing as npt

from idc_core.io.digits import UNDEFINED, many
from idc_core.metrics.paired import CELLS
from idc_core.records.raster import Raster

PLACES = {
    "both_found": (0, 0),
    "fixed_idc": (0, 1),
    "broken_idc": (0, 2),
    "both_missed": (0, 3),
    "both_left_alone": (1, 0),
    "fixed_no_idc": (1, 1),
    "broken_no_idc": (1, 2),
    "both_false_alarm": (1, 3),
}
"""Row and column of each cell."""

CELL_WORDS = {
    "both_found": "found by both",
    "fixed_idc": "found by B only",
    "broken_idc": "found by A only",
    "both_missed": "missed by both",
    "both_left_alone": "true negative in both",
    "fixed_no_idc": "false alarm in A only",
    "broken_no_idc": "false alarm in B only",
    "both_false_alarm": "false alarm in both",
}


def labels_of(raster: Raster) -> tuple[str, str]:
    """What the rows of the matrix are called."""
    return raster.positive, raster.negative


def cells(counts: npt.NDArray[np.int64], raster: Raster) -> dict[str, str]:
    """`count` and `share` (of the label) of each cell, and all of them in a line, `cells.read`.

    `counts`: patches in the order of `CELLS`.
    """
    labels, said, read = labels_of(raster), {}, []
    for name, (row, _) in PLACES.items():
        whole = int(counts[4:].sum() if row == 0 else counts[:4].sum())
        patches, label = int(counts[CELLS.index(name)]), labels[row]
        share = f"{100 * patches / whole:.1f} % of {label}" if whole else None
        said[f"{name}.count"] = many(patches)
        said[f"{name}.share"] = share or f"{UNDEFINED} (no {label})"
        read.append(f"{label}, {CELL_WORDS[name]}: {many(patches)}")
    return said | {"cells.read": "; ".join(read)}
